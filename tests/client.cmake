jiyao_test(test_client
  SOURCES
    unit/client/catalogue_test.cpp
    unit/client/csv_reader_test.cpp
    unit/client/menu_test.cpp
    unit/client/output_test.cpp
    unit/client/prompt_test.cpp
  USES jiyao::client)

# Every verb, in process: machines in a temporary folder, a hub on loopback.
jiyao_test(test_verbs
  SOURCES
    unit/client/bad_input_test.cpp
    unit/client/day_verbs_test.cpp
    unit/client/hub_link_test.cpp
    unit/client/ledger_test.cpp
    unit/client/office_verbs_test.cpp
  USES jiyao::client jiyao::server jiyao_bad_link)

# Registers in and out: the readers on hand-made files, the verbs on a whole machine.
jiyao_test(test_sheets
  SOURCES
    support/zip_maker.cpp
    unit/client/register_reader_test.cpp
    unit/client/sheet_verbs_test.cpp
    unit/client/xlsx_hostile_test.cpp
    unit/client/xlsx_reader_test.cpp
  USES jiyao::client jiyao::server)
target_include_directories(test_sheets PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
