jiyao_test(test_client
  SOURCES
    unit/client/catalogue_test.cpp
    unit/client/csv_reader_test.cpp
    unit/client/menu_test.cpp
    unit/client/output_test.cpp
    unit/client/paper_test.cpp
    unit/client/prompt_test.cpp
  USES jiyao::client)

# Every verb, in process: machines in a temporary folder, a hub on loopback.
jiyao_test(test_verbs
  SOURCES
    unit/client/day_verbs_test.cpp
    unit/client/hub_link_test.cpp
    unit/client/office_verbs_test.cpp
    unit/client/print_verbs_test.cpp
  USES jiyao::client jiyao::server jiyao_bad_link)
