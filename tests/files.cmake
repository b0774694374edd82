jiyao_test(test_files
  SOURCES
    unit/schema/database_crash_test.cpp
    unit/schema/database_test.cpp
    unit/schema/files_test.cpp
    unit/schema/sealed_damage_test.cpp
    unit/schema/sealed_vfs_test.cpp
  USES jiyao_test_disk)

# Loaded by SQLite's own test program (scripts/sqlite-suite), which brings its own SQLite.
add_library(jiyao_sqlite_suite SHARED EXCLUDE_FROM_ALL sqlite_suite/suite_vfs.cpp)
target_link_libraries(jiyao_sqlite_suite PRIVATE jiyao::schema jiyao::warnings)
