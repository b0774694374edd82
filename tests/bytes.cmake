# Every decoder behind one door, and the golden vectors: for the tests, the fuzzers and the writer.
add_library(jiyao_vectors STATIC
  fuzz/targets.cpp
  vectors/vector_file.cpp
  vectors/samples_changes.cpp
  vectors/samples_papers.cpp
  vectors/samples_carriers.cpp)
target_include_directories(jiyao_vectors PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(jiyao_vectors PUBLIC jiyao::schema PRIVATE jiyao::warnings)

jiyao_test(test_bytes
  SOURCES
    unit/schema/columns_test.cpp
    unit/schema/carriers_test.cpp
    unit/schema/text_test.cpp
    unit/schema/vectors_test.cpp
  USES jiyao_vectors)

# Counts every allocation: a program of its own.
jiyao_test(test_decoder_memory
  SOURCES unit/schema/decoder_memory_test.cpp
  USES jiyao_vectors)

# Run by hand when a format changes, and by the fuzzers' corpora.
add_executable(write_vectors EXCLUDE_FROM_ALL vectors/write_vectors.cpp)
target_link_libraries(write_vectors PRIVATE jiyao_vectors jiyao::warnings)

# clang only. `ninja fuzzers`, then e.g. bin/fuzz_columns -max_total_time=10 corpus/columns
if(JIYAO_FUZZ)
  target_compile_options(jiyao_hardening INTERFACE -fsanitize=fuzzer-no-link)
  add_custom_target(fuzzers)
  add_custom_target(fuzz_corpora
    COMMAND write_vectors corpus ${CMAKE_CURRENT_SOURCE_DIR}/vectors ${PROJECT_BINARY_DIR}/corpus)
  target_link_options(jiyao_hardening INTERFACE -fsanitize=fuzzer-no-link)
  add_dependencies(fuzzers fuzz_corpora)
  foreach(object change batch columns roster_record hub_head receipt grant epoch_request
          epoch_secrets have frontiers refused frames bundle_head manifest invitation printed_invitation enrol_request
          user_request hand_over packed_fields text)
    add_executable(fuzz_${object} EXCLUDE_FROM_ALL fuzz/decoder_fuzz.cpp)
    target_compile_definitions(fuzz_${object} PRIVATE JIYAO_OBJECT="${object}")
    target_link_libraries(fuzz_${object} PRIVATE jiyao_vectors jiyao::warnings)
    target_link_options(fuzz_${object} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers fuzz_${object})
  endforeach()
endif()
