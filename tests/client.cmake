jiyao_test(test_client
  SOURCES
    unit/client/catalogue_test.cpp
    unit/client/csv_reader_test.cpp
    unit/client/output_test.cpp
    unit/client/prompt_test.cpp
  USES jiyao::client)
