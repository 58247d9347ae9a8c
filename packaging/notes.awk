# Prints one version's section of CHANGELOG.md, without its heading: what a release says of itself.
#
#     awk -v version=0.2.0 -f packaging/notes.awk CHANGELOG.md
#
# Ends with status 1 if there is none, or nothing in it.

/^## / {
    is_in = $2 == version || $2 == version ","
    next
}

# Without the empty lines around it.
is_in && /[^ ]/ {
    if (has_text)
        printf "%s", empty
    empty = ""
    has_text = 1
    print
}

is_in && !/[^ ]/ {
    empty = empty "\n"
}

END {
    exit !has_text
}
