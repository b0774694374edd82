jiyao_test(test_bytes
  SOURCES
    unit/schema/columns_test.cpp
  USES jiyao::schema)
