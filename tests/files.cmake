jiyao_test(test_files
  SOURCES
    support/simulated_disk.cpp
    support/simulated_disk_vfs.cpp
    unit/schema/database_test.cpp
  USES jiyao::schema)
