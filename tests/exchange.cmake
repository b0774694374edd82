# Files the builders of a hub, a bench and a simulator stand on too.
add_library(jiyao_test_realm STATIC support/memory_log.cpp support/small_realm.cpp)
add_library(jiyao::test_realm ALIAS jiyao_test_realm)
target_link_libraries(jiyao_test_realm PUBLIC jiyao::sync jiyao_test_disk PRIVATE jiyao::warnings)
target_precompile_headers(jiyao_test_realm REUSE_FROM jiyao_crypto)

# The contract suite. A carrier or a log of a floor above is one more source that calls enlist().
jiyao_test(test_contract
  SOURCES
    contract/bundle_carrier.cpp
    contract/carrier.cpp
    contract/contract_test.cpp
    contract/log_file_kind.cpp
  USES jiyao::test_realm)

jiyao_test(test_exchange
  SOURCES
    unit/sync/bundle_test.cpp
    unit/sync/exchange_test.cpp
    unit/sync/lane_test.cpp
  USES jiyao::test_realm)

# clang only, beside the decoders' fuzzers of bytes.cmake. TwoOffices checks itself with gtest.
if(JIYAO_FUZZ)
  foreach(door exchange bundle)
    add_executable(fuzz_${door} EXCLUDE_FROM_ALL fuzz/${door}_fuzz.cpp)
    target_link_libraries(fuzz_${door} PRIVATE jiyao::test_realm GTest::gtest jiyao::warnings)
    target_link_options(fuzz_${door} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers fuzz_${door})
  endforeach()
endif()
