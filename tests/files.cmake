jiyao_test(test_files
  SOURCES
    unit/schema/database_crash_test.cpp
    unit/schema/database_test.cpp
    unit/schema/files_test.cpp
    unit/schema/sealed_damage_test.cpp
    unit/schema/sealed_vfs_test.cpp
  USES jiyao_test_disk)
