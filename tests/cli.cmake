# The real programs, run as a clerk or an administrator runs them. JIYAO_LONG=1: flips and kills by
# the hundred.
add_library(jiyao_field STATIC
  support/field_realm.cpp
  support/html_portal.cpp
  support/program.cpp
  support/small_disk.cpp)
target_include_directories(jiyao_field PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_definitions(jiyao_field PRIVATE
  JIYAO_PROGRAM="$<TARGET_FILE:jiyao>" JIYAO_SERVER_PROGRAM="$<TARGET_FILE:jiyao-server>")
target_link_libraries(jiyao_field PUBLIC jiyao_bad_link jiyao_hardening Poco::JSON
  PRIVATE jiyao::server jiyao::warnings)
add_dependencies(jiyao_field jiyao jiyao-server)

jiyao_test(test_cli
  SOURCES
    cli/bad_bundle_test.cpp
    cli/bad_hub_test.cpp
    cli/bad_machine_test.cpp
    cli/bad_register_test.cpp
    cli/bad_words_test.cpp
    cli/conflict_test.cpp
    cli/help_test.cpp
    cli/hub_files_test.cpp
    cli/hub_lost_test.cpp
    cli/hub_verbs_test.cpp
    cli/interrupt_test.cpp
    cli/json_test.cpp
    cli/leaving_test.cpp
    cli/lock_test.cpp
    cli/old_office_test.cpp
    cli/people_test.cpp
    cli/realm_verbs_test.cpp
    cli/shut_out_test.cpp
    cli/walk_test.cpp
    cli/watch_test.cpp
  USES jiyao_field jiyao::client jiyao::sync)

# Programs held up, killed and put back in mid-meeting; wrong clocks, little memory.
jiyao_test(test_cli_processes
  SOURCES
    cli/clock_test.cpp
    cli/stopped_test.cpp
  USES jiyao_field)
if(NOT JIYAO_SANITIZE)  # a sanitizer's own map of memory is larger than any limit that says something
  target_sources(test_cli_processes PRIVATE cli/memory_test.cpp)
endif()

# The page of the mission, word for word.
jiyao_test(test_mission SHARDS 2
  SOURCES
    cli/mission_test.cpp
    support/mission_page.cpp
  USES jiyao_field)

jiyao_test(test_cli_damage
  SOURCES
    cli/every_byte_test.cpp
    cli/fifty_rows.cpp
    cli/flip_test.cpp
    cli/kill_test.cpp
  USES jiyao_field jiyao::sync)
