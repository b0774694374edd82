// bench/main.cpp - jiyao-bench WORKLOAD ROWS FOLDER SERVER: one workload, once, as lines for
// bench/run.
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>

#include "bench/workloads.h"

int main(int count, char** words) {
  mallopt(M_ARENA_MAX, 2);  // as the programs
  using namespace jiyao;
  const std::map<std::string, void (*)(const Order&)> workloads = {
      {"import", measure_import},       {"sync", measure_sync},   {"bundle", measure_bundle},
      {"conflicts", measure_conflicts}, {"pages", measure_pages}, {"search", measure_search},
      {"poor", measure_poor},           {"hub", measure_hub},     {"load", measure_load},
      {"desk", measure_desk},           {"rows", print_rows}};
  const auto workload = count == 5 ? workloads.find(words[1]) : workloads.end();
  const Order order =
      count == 5 ? Order{words[3], std::strtoull(words[2], nullptr, 10), words[4]} : Order{};
  if (workload == workloads.end() || order.rows == 0) {
    std::fprintf(
        stderr,
        "usage: jiyao-bench import|sync|bundle|conflicts|pages|search|poor|hub|load|desk|rows"
        " ROWS FOLDER SERVER\n");
    return 2;
  }
  try {
    std::filesystem::remove_all(order.folder);
    workload->second(order);
    std::filesystem::remove_all(order.folder);
  } catch (const std::exception& broken) {
    std::fprintf(stderr, "jiyao-bench %s: %s\n", words[1], broken.what());
    return 1;
  }
  return 0;
}
