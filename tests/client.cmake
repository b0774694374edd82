jiyao_test(test_client
  SOURCES
    unit/client/catalogue_test.cpp
    unit/client/csv_reader_test.cpp
    unit/client/menu_test.cpp
    unit/client/output_test.cpp
    unit/client/paper_test.cpp
    unit/client/prompt_test.cpp
    unit/client/roles_test.cpp
  USES jiyao::client)

# Every verb, in process: machines in a temporary folder, a hub on loopback.
jiyao_test(test_verbs
  SOURCES
    unit/client/archive_verbs_test.cpp
    unit/client/bad_input_test.cpp
    unit/client/clearance_test.cpp
    unit/client/conflict_verbs_test.cpp
    unit/client/day_verbs_test.cpp
    unit/client/hub_link_test.cpp
    unit/client/ledger_test.cpp
    unit/client/list_verbs_test.cpp
    unit/client/number_verbs_test.cpp
    unit/client/office_lists_test.cpp
    unit/client/office_verbs_test.cpp
    unit/client/print_verbs_test.cpp
    unit/client/raising_test.cpp
    unit/client/report_verbs_test.cpp
    unit/client/signing_test.cpp
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

# clang only, beside the decoders' fuzzers of bytes.cmake; its seeds are books made by hand.
if(JIYAO_FUZZ)
  add_executable(fuzz_xlsx EXCLUDE_FROM_ALL fuzz/xlsx_fuzz.cpp support/zip_maker.cpp)
  target_include_directories(fuzz_xlsx PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(fuzz_xlsx PRIVATE jiyao::client jiyao::warnings)
  target_link_options(fuzz_xlsx PRIVATE -fsanitize=fuzzer)
  add_executable(write_xlsx_seeds EXCLUDE_FROM_ALL fuzz/write_xlsx_seeds.cpp support/zip_maker.cpp)
  target_include_directories(write_xlsx_seeds PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(write_xlsx_seeds PRIVATE jiyao::client jiyao::warnings)
  target_link_options(write_xlsx_seeds PRIVATE -fsanitize=fuzzer-no-link)
  add_custom_target(xlsx_seeds COMMAND write_xlsx_seeds ${PROJECT_BINARY_DIR}/corpus/xlsx)
  add_dependencies(fuzzers fuzz_xlsx xlsx_seeds)
endif()
