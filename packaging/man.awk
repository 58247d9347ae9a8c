# Makes the manual page from the header, whose comments are the reference, and a host as example:
#     awk -v date="May 1, 2026" -f man.awk cloudcircuit.h quickstart.c

function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/ -/, " \\-", text)
    return text ~ /^[.']/ ? "\\&" text : text
}

# A paragraph, a sentence a line and none longer than 80 bytes.
function paragraph(text,    count, words, i, line) {
    count = split(text, words, " ")
    for (i = 1; i <= count; i++) {
        if (line != "" && (line ~ /[.?!]$/ || length(line " " words[i]) > 78)) {
            print escaped(line)
            line = ""
        }
        line = line (line == "" ? "" : " ") words[i]
    }
    if (line != "")
        print escaped(line)
}

function as_is(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    return text ~ /^[.']/ ? "\\&" text : text
}

# A comment's paragraphs; indented lines stand as they are. Only what comes first if brief.
function comment(text, brief,    count, lines, i, words, started, literal) {
    count = split(text, lines, "\n")
    for (i = 1; i <= count; i++) {
        if (literal != (lines[i] ~ /^  /)) {
            paragraph(words)
            words = ""
            print literal ? ".Ed" : ".Bd -literal"
            literal = !literal
            if (brief && !literal)
                return
        }
        if (literal) {
            print as_is(lines[i])
        } else if (lines[i] != "") {
            if (started && words == "")
                print ".Pp"
            started = 1
            words = words " " lines[i]
        } else if (words != "") {
            paragraph(words)
            if (brief && words !~ /:$/)
                return
            words = ""
        }
    }
    paragraph(words)
}

# A declaration in one line: its type, name and arguments.
function declare(text,    head, name, arguments, count, list, i) {
    gsub(/[ \n]+/, " ", text)
    head = substr(text, 1, index(text, "(") - 1)
    arguments = substr(text, index(text, "(") + 1)
    sub(/\);.*/, "", arguments)
    name = head
    sub(/.*[ *]/, "", name)
    sub(/ ?cloudcircuit_[a-z0-9_]*$/, "", head)
    count = split(arguments, list, ", ")
    synopsis[++functions] = ".Ft " head "\n.Fo " name
    for (i = 1; i <= count; i++)
        synopsis[functions] = synopsis[functions] "\n.Fa \"" list[i] "\""
    synopsis[functions] = synopsis[functions] "\n.Fc"
    names[functions] = name
    sub(/ Since [0-9.]*$/, "", doc)
    summary[functions] = doc
    section_of[functions] = sections
}

FNR == 1 { file++ }

# The example.
file == 2 { example = example as_is($0) "\n"; next }

# A section's comment: its title, and what it tells.
/^\/\*$/ { in_section = 1; text = ""; next }
in_section && /^ \*\/$/ {
    in_section = 0
    title[++sections] = substr(text, 1, index(text, "\n") - 1)
    sub(/^[^\n]*\n(=*\n)?\n?/, "", text)
    about[sections] = text
    next
}
in_section { sub(/^ \* ?/, ""); text = text $0 "\n"; next }

# An item's comment, on one line or many.
/^\/\*\* .* \*\/$/ { doc = substr($0, 5, length($0) - 7); next }
/^\/\*\*$/ { in_doc = 1; doc = ""; next }
in_doc && /^ \*\/$/ { in_doc = 0; next }
in_doc { sub(/^ \* ?/, ""); doc = doc $0 "\n"; next }

/^#define CLOUDCIRCUIT_VERSION "/ { gsub(/"/, "", $3); version = $3 }
/^#define CLOUDCIRCUIT_(OK|ERR_[A-Z0-9_]*) / {
    sub(/\.$/, "", doc)
    statuses[++status_count] = ".It Dv " $2 " Pq " $3 "\n" escaped(doc)
}

in_declaration || /^[a-z].*cloudcircuit_[a-z0-9_]*\(/ {
    declaration = declaration $0 "\n"
    in_declaration = $0 !~ /;$/
    if (!in_declaration) {
        declare(declaration)
        declaration = ""
    }
}

END {
    print ".\\\" Made from cloudcircuit.h.\n.Dd " date "\n.Dt CLOUDCIRCUIT 3\n.Os libcloudcircuit " version
    sub(/^libcloudcircuit: /, "", title[1])
    print ".Sh NAME\n.Nm cloudcircuit\n.Nd " title[1]
    print ".Sh SYNOPSIS\n.In cloudcircuit.h"
    for (i = 1; i <= functions; i++)
        print synopsis[i]
    print ".Sh DESCRIPTION"
    comment(about[1], 0)
    print ".Sh FUNCTIONS\nThe header tells of each function its arguments, and of each struct its fields."
    for (i = 1; i <= functions; i++) {
        if (section_of[i] != section_of[i - 1]) {
            if (i > 1)
                print ".El"
            print ".Ss " title[section_of[i]]
            comment(about[section_of[i]], 1)
            print ".Bl -tag -width Ds"
        }
        print ".It Fn " names[i]
        comment(summary[i], 1)
    }
    print ".El\n.Sh RETURN VALUES"
    print "Functions of type\n.Vt cloudcircuit_status\nreturn one of these; the number is in parentheses."
    print ".Bl -tag -width Ds"
    for (i = 1; i <= status_count; i++)
        print statuses[i]
    print ".El\n.Sh EXAMPLES\n.Bd -literal"
    printf "%s", example
    print ".Ed\n.Pp\nTo build it:"
    print ".Dl cc quickstart.c $(pkg-config --cflags --libs cloudcircuit)"
    print ".Sh SEE ALSO\n.Xr pkg-config 1"
}
