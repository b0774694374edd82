# Writes a program's message files as raw strings, cut so that no compiler finds one too long.
# FOLDER: with zh.json and en.json; NAME: the constant; HEADER: declares it; OUT: the source to write.
set(text "// made from ${HEADER} by embed_messages.cmake.\n#include \"${HEADER}\"\n\nnamespace jiyao {\n\nnamespace {\n\n")
foreach(language zh en)
  file(READ ${FOLDER}/${language}.json source)
  string(REPLACE "\n" ")json\"\nR\"json(\n" source "${source}")
  string(APPEND text "constexpr const char* ${language} = R\"json(${source})json\";\n\n")
endforeach()
string(APPEND text "}  // namespace\n\nconst MessageFiles ${NAME}{zh, en};\n\n}  // namespace jiyao\n")
file(WRITE ${OUT} "${text}")
