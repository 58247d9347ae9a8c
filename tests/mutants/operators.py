"""Mutants of Rust source: what could have been written wrong, each as a text and as a place in the syntax tree.

All mutants of the library are compiled at once. Where one differs, the source asks for the number of the mutant that
is switched on: `a >= b` becomes `(match crate::mutants::at(17) { 17 => (a > b), _ => (a >= b) })`. So a mutant costs
what a test costs, and no compilation.

Left out: tests, attributes, patterns, types, macro calls, `const fn` and the values of constants, of which every use
in a function is changed instead.
"""
import re
from dataclasses import dataclass

import tree_sitter_rust
from tree_sitter import Language, Parser

PARSER = Parser(Language(tree_sitter_rust.language()))

# The boundary first, then the opposite.
BINARY = {
    **{op: ("comparison", to) for op, to in {
        ">=": [">", "<"], ">": [">=", "<="], "<=": ["<", ">"], "<": ["<=", ">="], "==": ["!="], "!=": ["=="]}.items()},
    **{op: ("arithmetic", [to]) for op, to in {"+": "-", "-": "+", "*": "/", "/": "*", "%": "/"}.items()},
    **{op: ("bits", [to]) for op, to in {"&": "|", "|": "&", "^": "|", "<<": ">>", ">>": "<<"}.items()},
}
CALLS = {"min": "max", "larger": "smaller", "any": "all", "is_some": "is_none", "is_ok": "is_err",
         "is_some_and": "is_none_or"}
CALLS |= {to: name for name, to in CALLS.items()}
# Parts of the names of vector instructions.
VECTORS = {"add": "sub", "cmpge": "cmpgt", "cmple": "cmplt", "min": "max", "and": "or"}
VECTORS |= {to: name for name, to in VECTORS.items()}
INTEGERS = {sign + bits for sign in "iu" for bits in ("8", "16", "32", "64", "128", "size")} | {"Status"}
# What a function of a type may answer at once.
ANSWERS = {"bool": ["false", "true"], "f64": ["0.0", "1.0"], "()": ["()"], **{name: ["0", "1"] for name in INTEGERS}}
PLAIN = re.compile(r".*_pattern$|.*_type$|type_.*|generic_.*|attribute_item|macro_.*|.*comment$|parameters|use_declaration|"
                   "closure_parameters|const_item|static_item|const_block|where_clause|visibility_modifier|label|lifetime")


def is_for_others(attribute):
    """Whether what has this attribute is not in the library for x86-64."""
    return bool(re.search(r"cfg\((?!panic)(?!(any\()?(target_arch = \"x86\", )?target_arch = \"x86_64\")", attribute))


@dataclass
class Mutant:
    number: int
    place: int  # the number with which the source asks
    file: str
    function: str
    operator: str
    change: str
    line: int

    @property
    def key(self):
        return f"{self.file} {self.function}: {self.change}"


def squeeze(text):
    """On one line, and not longer than one."""
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:60] + " ... " + text[-25:]


def constants(text):
    """The constants that a file declares: name and type."""
    return dict(re.findall(r"(?:const|static) ([A-Z][A-Z0-9_]*): ([^=]+) =", text))


class Rewriter:
    """Rewrites files one after the other; numbers go on from file to file."""

    def __init__(self, sources, dropped):
        self.everywhere, self.dropped, self.mutants, self.next = {}, dropped, [], 1
        for text in sources:
            for name, kind in constants(text).items():
                self.everywhere[name] = kind if self.everywhere.get(name, kind) == kind else ""

    def rewrite(self, file, text):
        self.file, self.function, self.source = file, "", text.encode()
        self.seen, self.constants = {}, {**self.everywhere, **constants(text)}
        return self.render(PARSER.parse(self.source).root_node)

    def text(self, node):
        return self.source[node.start_byte:node.end_byte].decode()

    def number(self, node, operator, before, after, place=None):
        """The number of a new mutant, or None if it does not compile. One of several at a place has that of the first."""
        number, self.next = self.next, self.next + 1
        if number in self.dropped:
            return None
        change = f"{squeeze(before)}  =>  {squeeze(after)}"
        times = self.seen[self.function, change] = self.seen.get((self.function, change), 0) + 1
        change += f"  #{times}" if times > 1 else ""
        self.mutants.append(Mutant(number, place or number, self.file, self.function, operator, change, node.start_point[0] + 1))
        return number

    def choose(self, node, operator, variants, otherwise, before=None):
        """The first of the texts whose mutant is switched on, or else the last."""
        before = self.text(node) if before is None else before
        arms, place = "", None
        for shown, text in variants:
            if number := self.number(node, operator, before, shown, place):
                place = place or number
                arms += f"{number} /*arm*/ => {text}, "
        return f"(match crate::mutants::at({place}) {{ {arms}_ => {otherwise} }})" if arms else otherwise

    def swapped(self, node, operator, old, new, otherwise):
        """A variant with one token replaced by others."""
        start, end = old.start_byte - node.start_byte, old.end_byte - node.start_byte
        raw = self.source[node.start_byte:node.end_byte]
        texts = [(raw[:start] + one.encode() + raw[end:]).decode() for one in new]
        return self.choose(node, operator, [(text, f"({text})") for text in texts], f"({otherwise})")

    def is_on(self, node, operator, before, after, text):
        """The text with NUMBER, AT filled in, or None."""
        number = self.number(node, operator, before, after)
        return number and text.replace("NUMBER", str(number)).replace("AT", f"crate::mutants::at({number})")

    def children(self, node, replaced=()):
        """The node's text with its children rewritten, those in `replaced` by the texts there, but for what an
        attribute leaves out: tests, and code for another machine."""
        replaced = dict(replaced)
        out, at, is_left_out = [], node.start_byte, False
        for child in node.children:
            out.append(self.source[at:child.start_byte].decode())
            text = self.text(child)
            is_left_out |= child.type == "attribute_item" and is_for_others(text)
            out.append(text if is_left_out else replaced[child.id] if child.id in replaced else self.render(child))
            if child.is_named and child.type not in ("attribute_item", "line_comment"):
                is_left_out = False
            at = child.end_byte
        out.append(self.source[at:node.end_byte].decode())
        return "".join(out)

    def render(self, node):
        if PLAIN.fullmatch(node.type) and node.type != "generic_function":
            return self.text(node)
        rule = getattr(self, node.type, None) if self.function or node.type == "function_item" else None
        return rule(node) if rule else self.children(node)

    def function_item(self, node):
        modifiers = [self.text(child) for child in node.children if child.type == "function_modifiers"]
        body = node.child_by_field_name("body")
        if "const" in " ".join(modifiers).split() or not body:
            return self.text(node)
        outer, self.function = self.function, self.text(node.child_by_field_name("name"))
        kind = node.child_by_field_name("return_type")
        kind = self.text(kind) if kind else "()"
        inner = re.fullmatch(r"Result<([^,<>]+), Error>", kind)
        answers = ANSWERS.get(kind, [])
        if kind.startswith("Option<"):
            answers = ["None"]
        elif inner:
            answers = [f"Ok({answer})" for answer in ANSWERS.get(inner[1], [])]
        start = self.choose(node, "body", [(f"{{ {answer} }}", f"return {answer}") for answer in answers], "()", "body")
        start = "{ " + start + "; " if answers else "{"
        text = self.children(node, [(body.id, start + self.children(body)[1:])])
        self.function = outer
        return text

    def let_declaration(self, node):
        plain = [node.child_by_field_name(name) for name in ("pattern", "type")]
        return self.children(node, [(part.id, self.text(part)) for part in plain if part])

    let_condition = for_expression = let_declaration

    def closure_expression(self, node):
        plain = node.child_by_field_name("parameters")
        return self.children(node, [(plain.id, self.text(plain))])

    def array_expression(self, node):
        length = node.child_by_field_name("length")
        return self.children(node, [(length.id, self.text(length))] if length else [])

    def let_chain(self, node):
        clauses = [child for child in node.children if child.is_named and child.type not in ("let_condition", "line_comment")]
        return self.children(node, [(clause.id, self.clause(clause, "&&")) for clause in clauses])

    def clause(self, node, op):
        """An operand of a chain of && or ||, which may be as if it were not there."""
        text = self.render(node)
        if node.type in ("binary_expression", "parenthesized_expression", "let_condition", "let_chain"):
            inner = node.child_by_field_name("operator")
            if inner is None and node.type != "parenthesized_expression" or inner and inner.type == op:
                return text
        switch = "(AT == NUMBER || " if op == "&&" else "(AT != NUMBER && "
        start = self.is_on(node, "clause", op + " " + self.text(node), "", switch)
        return f"{start}({text}))" if start else text

    def binary_expression(self, node):
        op = node.child_by_field_name("operator")
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if op.type in ("&&", "||"):
            return self.children(node, [(side.id, self.clause(side, op.type)) for side in (left, right)])
        operator, new = BINARY[op.type]
        texts = [f"(({self.text(left)}) {one} ({self.text(right)}))" for one in new]
        shown = [f"{self.text(left)} {one} {self.text(right)}" for one in new]
        return self.choose(node, operator, list(zip(shown, texts)), f"({self.children(node)})")

    def compound_assignment_expr(self, node):
        op = node.child_by_field_name("operator")
        operator, new = BINARY[op.type[:-1]]
        return self.swapped(node, operator, op, [one + "=" for one in new], self.children(node))

    def unary_expression(self, node):
        text = self.children(node)
        operator, inner = node.children[0], self.text(node.children[1])
        if operator.type == "*":
            return text
        return self.choose(node, "negation", [(inner, f"({inner})")], f"({text})")

    def condition(self, node):
        """An if or while on what is neither compared nor negated nor chained, negated."""
        asked = node.child_by_field_name("condition")
        if asked.type not in ("call_expression", "identifier", "field_expression", "macro_invocation"):
            return self.children(node)
        start = self.is_on(asked, "negation", self.text(asked), "!" + self.text(asked), "((AT == NUMBER) != ")
        text = self.render(asked)
        return self.children(node, [(asked.id, f"{start}{text})" if start else text)])

    if_expression = while_expression = condition

    def match_arm(self, node):
        pattern = node.child_by_field_name("pattern")
        guard = pattern.child_by_field_name("condition")
        after = node.next_named_sibling
        text = self.text(pattern)
        if guard:
            head = self.source[pattern.start_byte:guard.start_byte].decode()
            rest = self.source[guard.end_byte:pattern.end_byte].decode()
            if guard.type in ("let_condition", "let_chain"):
                text = head + self.render(guard) + rest
            else:
                text = head + self.clause(guard, "&&") + rest
        gone = None
        while after:
            if after.type == "match_arm" and self.text(after.child_by_field_name("pattern")) == "_":
                gone = self.is_on(node, "arm", f"arm {self.text(pattern)}", "", " AT != NUMBER")
                break
            after = after.next_named_sibling
        if gone:
            text += " &&" + gone if guard else " if" + gone
        return self.children(node, [(pattern.id, text)])

    def call_expression(self, node):
        function, text = node.child_by_field_name("function"), self.children(node)
        if function.type == "generic_function":
            function = function.child_by_field_name("function")
        name = function.child_by_field_name("field") if function.type == "field_expression" else function
        called = self.text(name)
        if called in ("larger", "smaller"):
            new = "crate::numeric::order_stats::" + CALLS[called]
            return self.swapped(node, "call", name, [new], text)
        if called in CALLS:
            return self.swapped(node, "call", name, [CALLS[called]], text)
        if called.startswith("saturating_") and called != "saturating_pow":
            return self.swapped(node, "saturation", name, [called.replace("saturating", "wrapping")], text)
        if called.startswith("_mm"):
            parts = called.split("_")
            new = ["_".join(parts[:i] + [VECTORS[part]] + parts[i + 1:]) for i, part in enumerate(parts) if part in VECTORS]
            return self.swapped(node, "vector", name, new, text)
        return text

    def field_expression(self, node):
        value = node.child_by_field_name("value")
        return self.children(node, [(child.id, self.text(child)) for child in node.children if child.id != value.id])

    def field_initializer(self, node):
        value = node.child_by_field_name("value")
        return self.children(node, [(child.id, self.text(child)) for child in node.children if child.id != value.id])

    def expression_statement(self, node):
        inner, text = node.children[0], self.children(node)
        if inner.type in ("if_expression", "match_expression", "for_expression", "while_expression", "unsafe_block",
                          "block", "macro_invocation", "loop_expression") or not text.endswith(";"):
            return text
        block = node.parent
        if block.parent.type == "let_declaration" and not node.next_named_sibling:
            return text  # what follows `let ... else` must leave
        start = self.is_on(node, "statement", self.text(node), "", "if AT != NUMBER { ")
        return f"{start}{text} }}" if start else text

    def range_expression(self, node):
        """Its end, if that is no number, one further and one less."""
        end = node.children[-1]
        if end.type in ("..", "..=", "integer_literal", "float_literal") or self.text(end).startswith("f64::"):
            return self.children(node)
        shown = self.text(end)
        new = self.choose(node, "constant", [(f"{shown} {sign} 1", f"({shown}) {sign} 1") for sign in "+-"],
                          self.render(end), shown)
        return self.children(node, [(end.id, new)])

    def integer_literal(self, node):
        text = self.text(node)
        value = int(re.sub(r"_?[iu](8|16|32|64|128|size)$", "", text), 0)
        suffix = re.search(r"[iu](8|16|32|64|128|size)$", text)
        new = [f"{value + 1}", f"{value - 1}"] if value else ["1"]
        new = [one + (suffix[0] if suffix else "") for one in new]
        return self.choose(node, "constant", [(one, one) for one in new], text)

    def float_literal(self, node):
        text = self.text(node)
        new = [f"{text} + 1.0", f"{text} * 1.001", f"{text} * 0.999"] if float(text.removesuffix("_f64")) else ["1.0", "-1.0"]
        return self.choose(node, "constant", [(one, one) for one in new], text)

    def boolean_literal(self, node):
        text = self.text(node)
        other = "false" if text == "true" else "true"
        return self.choose(node, "constant", [(other, other)], text)

    def identifier(self, node):
        text = self.text(node)
        kind = self.constants.get(text)
        if kind != "f64" and kind not in INTEGERS or node.parent.type == "scoped_identifier":
            return text
        new = [f"{text} + 1.0", f"{text} * 1.001", f"{text} * 0.999"] if kind == "f64" else [f"{text} + 1", f"{text} - 1"]
        return self.choose(node, "constant", [(one, one) for one in new], text)

    def scoped_identifier(self, node):
        text = self.text(node)
        if re.fullmatch(r"[iu]\d+::MAX|usize::MAX", text):
            return self.choose(node, "constant", [(f"{text} - 1", f"{text} - 1")], text)
        if re.fullmatch(r"i\d+::MIN", text):
            return self.choose(node, "constant", [(f"{text} + 1", f"{text} + 1")], text)
        if text in ("f64::MAX", "f64::MIN_POSITIVE"):
            return self.choose(node, "constant", [(f"{text} / 2.0", f"{text} / 2.0")], text)
        return text
