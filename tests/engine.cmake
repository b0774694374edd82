jiyao_test(test_search
  SOURCES unit/schema/search_test.cpp
  USES jiyao::schema)
