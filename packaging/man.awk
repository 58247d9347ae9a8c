# Makes manual pages from the header, whose comments are the reference, and a host as example:
#
#     awk -v date="May 1, 2026" -v folder=man3 -f man.awk cloudcircuit.h quickstart.c
#
# cloudcircuit.3 has the opening comment, the chapters without functions and the statuses. Every
# other chapter has a page of its own, to which the pages of its functions lead.

function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/ -/, " \\-", text)
    return text ~ /^[.']/ ? "\\&" text : text
}

function as_is(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    return text ~ /^[.']/ ? "\\&" text : text
}

# Text with a sentence a line, none longer than 80 bytes.
function filled(text,    count, words, i, line, made) {
    count = split(text, words, " ")
    for (i = 1; i <= count; i++) {
        if (line != "" && (line ~ /[.?!]$/ || length(line " " words[i]) > 78)) {
            made = made escaped(line) "\n"
            line = ""
        }
        line = line (line == "" ? "" : " ") words[i]
    }
    return line == "" ? made : made escaped(line) "\n"
}

function literal(text,    count, lines, i, made) {
    count = split(text, lines, "\n")
    for (i = 1; i < count; i++)
        made = made as_is(lines[i]) "\n"
    return ".Bd -literal\n" made ".Ed\n"
}

# A comment's paragraphs. Lists of arguments and what is indented stand as they are.
function described(text,    count, paragraphs, i, made) {
    count = split(text, paragraphs, "\n\n")
    for (i = 1; i <= count; i++) {
        sub(/^\n+/, "", paragraphs[i])
        sub(/\n+$/, "", paragraphs[i])
        if (paragraphs[i] == "")
            continue
        if (sub(/^Section /, "", paragraphs[i]))
            made = made ".Ss " paragraphs[i] "\n"
        else if (paragraphs[i] ~ /^[a-z0-9_, ]+: / || paragraphs[i] ~ /(^|\n)  /)
            made = made literal(paragraphs[i] "\n")
        else
            made = made (made == "" || made ~ /\.Ss [^\n]*\n$/ ? "" : ".Pp\n") filled(paragraphs[i])
    }
    return made
}

# Starts a page or ends the last one: what a chapter has is written where it belongs.
function end_chapter(    page, file) {
    if (title == "") {
        opening = about
    } else if (names == "") {
        shared = shared ".Ss " title "\n" described(about) listed(constants)
    } else {
        page = page_name(title)
        pages = pages ".It Xr " page " 3\n" title "\n"
        file = folder "/" page ".3"
        printf "%s", head(page) ".Sh NAME\n" substr(names, 1, length(names) - 3) "\n.Nd " title "\n" \
            ".Sh SYNOPSIS\n.In cloudcircuit.h\n" synopsis ".Sh DESCRIPTION\n" described(about) \
            (constants == "" ? "" : ".Sh CONSTANTS\n" listed(constants)) \
            (structs == "" ? "" : ".Sh STRUCTS\n" structs) \
            ".Sh FUNCTIONS\n" functions ".Sh SEE ALSO\n.Xr cloudcircuit 3\n" > file
        close(file)
    }
    title = about = names = synopsis = constants = structs = functions = ""
}

function page_name(title) {
    title = "cloudcircuit_" tolower(title)
    gsub(/[^a-z0-9_]+/, "_", title)
    return title
}

function listed(items) {
    return items == "" ? "" : ".Bl -tag -width Ds\n" items ".El\n"
}

function head(page) {
    return ".\\\" Made from cloudcircuit.h.\n.Dd " date "\n.Dt " toupper(page) " 3\n" \
        ".Os libcloudcircuit " version "\n"
}

# A declaration in one line: its type, name and arguments.
function declare(text,    type, name, arguments, count, list, i) {
    gsub(/[ \n]+/, " ", text)
    sub(/^CLOUDCIRCUIT_NODISCARD /, "", text)
    type = substr(text, 1, index(text, "(") - 1)
    arguments = substr(text, index(text, "(") + 1)
    sub(/^ /, "", arguments)
    sub(/\);.*/, "", arguments)
    name = type
    sub(/.*[ *]/, "", name)
    sub(/ ?cloudcircuit_[a-z0-9_]*$/, "", type)
    synopsis = synopsis ".Ft " type "\n.Fo " name "\n"
    count = split(arguments, list, ", ")
    for (i = 1; i <= count; i++)
        synopsis = synopsis ".Fa \"" list[i] "\"\n"
    synopsis = synopsis ".Fc\n"
    names = names ".Nm " name " ,\n"
    functions = functions ".Ss " name "\n" described(doc)
    page_of[name] = page_name(title)
    doc = ""
}

FNR == 1 { file_number++ }

# The example.
file_number == 2 { example = example $0 "\n"; next }

# An item's comment.
/^\/\/\/( |$)/ { doc = doc substr($0, 5) "\n"; next }

# A title's rule: the line before it starts a chapter, or a section within one.
/^\/\/ =+$/ {
    start = substr(text, 1, length(text) - 1)
    text = ""
    end_chapter()
    title = start
    next
}
/^\/\/ -+$/ { text = "Section " text; next }
/^\/\/( |$)/ { text = text substr($0, 4) "\n"; next }
text != "" { about = about "\n\n" text; text = "" }

/^#define CLOUDCIRCUIT_VERSION / { version = $3; gsub(/"/, "", version) }
/^#define CLOUDCIRCUIT_[A-Z0-9_]+ / {
    constants = constants ".It Dv " $2 " Pq " $3 "\n" described(doc)
    doc = ""
    next
}

in_struct || /^typedef/ { struct = struct $0 "\n"; in_struct = !/^}/ && !/^typedef.*;$/ }
struct != "" && !in_struct {
    name = $NF
    sub(/;/, "", name)
    structs = structs ".Ss " name "\n" described(doc) literal(struct)
    struct = doc = ""
    next
}

declaration != "" || /^[A-Za-z].*cloudcircuit_[a-z0-9_]*\(/ {
    declaration = declaration $0 "\n"
    if (/;$/) {
        declare(declaration)
        declaration = ""
    }
}

END {
    end_chapter()
    sub(/^[^\n]*libcloudcircuit: /, "", opening)
    sub(/^\n+/, "", opening)
    what = substr(opening, 1, index(opening, "\n") - 1)
    sub(/^libcloudcircuit: /, "", what)
    sub(/^[^\n]*\n/, "", opening)
    file = folder "/cloudcircuit.3"
    printf "%s", head("cloudcircuit") ".Sh NAME\n.Nm cloudcircuit\n.Nd " what "\n" \
        ".Sh SYNOPSIS\n.In cloudcircuit.h\n.Sh DESCRIPTION\n" described(opening) \
        ".Ss Pages of the functions\n" listed(pages) shared \
        ".Sh EXAMPLES\n" literal(example) ".Pp\nTo build it:\n" \
        ".Dl cc quickstart.c $(pkg-config --cflags --libs cloudcircuit)\n" \
        ".Sh SEE ALSO\n.Xr pkg-config 1\n" > file
    for (name in page_of)
        if (name != page_of[name])
            print ".so man3/" page_of[name] ".3" > (folder "/" name ".3")
}
