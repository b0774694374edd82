# Files the builders of a hub, a bench and a simulator stand on too.
add_library(jiyao_test_realm STATIC support/memory_log.cpp support/small_realm.cpp)
add_library(jiyao::test_realm ALIAS jiyao_test_realm)
target_include_directories(jiyao_test_realm PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(jiyao_test_realm PUBLIC jiyao::sync PRIVATE jiyao::warnings)

# The contract suite. A carrier or a log of a floor above is one more source that calls enlist().
jiyao_test(test_contract
  SOURCES
    contract/carrier.cpp contract/contract_test.cpp contract/log_file_kind.cpp
    support/simulated_disk.cpp support/simulated_disk_vfs.cpp
  USES jiyao::test_realm)
