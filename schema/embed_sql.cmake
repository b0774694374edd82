# schema/embed_sql.cmake - writes schema/sql/<family>/NNN_what.sql into one source file.
# Called as a script: cmake -DOUTPUT=... -DSQL_FOLDER=... -DSQL_FILES="a/001_x.sql;..." -P this
set(families "")
foreach(file ${SQL_FILES})
  if(NOT file MATCHES "^([a-z_]+)/([0-9][0-9][0-9])_([a-z0-9_]+)\\.sql$")
    message(FATAL_ERROR "not <family>/NNN_what.sql: ${file}")
  endif()
  set(family ${CMAKE_MATCH_1})
  math(EXPR version "1${CMAKE_MATCH_2} - 1000")
  list(APPEND families ${family})
  list(LENGTH steps_${family} known)
  math(EXPR expected "${known} + 1")
  if(NOT version EQUAL expected)
    message(FATAL_ERROR "${file}: expected step ${expected}; list the files in order, without gaps")
  endif()
  list(APPEND steps_${family} "${file}")
endforeach()
list(REMOVE_DUPLICATES families)
set(arrays "")
set(branches "")
foreach(family ${families})
  string(APPEND arrays "constexpr Migration k_${family}[] = {\n")
  set(version 0)
  foreach(file ${steps_${family}})
    math(EXPR version "${version} + 1")
    file(READ ${SQL_FOLDER}/${file} text)
    string(APPEND arrays "    {${version}, \"${file}\", R\"sql(${text})sql\"},\n")
  endforeach()
  string(APPEND arrays "};\n")
  string(APPEND branches "  if (family == \"${family}\") return k_${family};\n")
endforeach()
file(WRITE ${OUTPUT}.new "// Generated from schema/sql by schema/embed_sql.cmake.
#include \"schema/database.h\"

namespace jiyao {
namespace {
${arrays}}  // namespace

std::span<const Migration> migrations([[maybe_unused]] std::string_view family) {
${branches}  return {};
}

}  // namespace jiyao
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
