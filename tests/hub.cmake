# The hub: its rules over a real store, its listener on loopback, and a bad link between.
add_library(jiyao_bad_link STATIC support/chaos_proxy.cpp)
target_include_directories(jiyao_bad_link PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(jiyao_bad_link PUBLIC Poco::Net Threads::Threads PRIVATE jiyao::warnings)

add_executable(chaos_proxy support/chaos_proxy_main.cpp)
target_link_libraries(chaos_proxy PRIVATE jiyao_bad_link jiyao::warnings)

jiyao_test(test_hub
  SOURCES
    unit/schema/frame_start_test.cpp
    unit/server/group_commit_test.cpp
    unit/server/hub_test.cpp
    unit/server/listener_test.cpp
    unit/server/options_test.cpp
    unit/server/request_auth_test.cpp
    unit/server/torn_starts_test.cpp
    unit/server/within_frames_test.cpp
  USES jiyao::server jiyao::client jiyao::test_realm jiyao_bad_link)

# The same suite as test_contract, with the hub's store and HTTPS.
jiyao_test(test_contract_hub
  SOURCES
    contract/carrier.cpp contract/contract_test.cpp contract/hub_store_kind.cpp contract/https_kind.cpp
  USES jiyao::server jiyao::client jiyao::test_realm)
