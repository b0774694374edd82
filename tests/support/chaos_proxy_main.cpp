// tests/support/chaos_proxy_main.cpp - the bad link as a program, for scripts: ends with its
// standard input.
//
//   chaos_proxy LISTEN_PORT TO_HOST TO_PORT BYTES_PER_SECOND [CUT_AFTER_BYTES]
#include <cstdlib>
#include <iostream>
#include <string>

#include "support/chaos_proxy.h"

int main(int count, char** words) {
  if (count < 5) {
    std::cerr
        << "usage: chaos_proxy LISTEN_PORT TO_HOST TO_PORT BYTES_PER_SECOND [CUT_AFTER_BYTES]\n";
    return 2;
  }
  const auto number = [&](int at) { return std::strtoull(words[at], nullptr, 10); };
  jiyao::LinkWeather weather;
  weather.bytes_per_second = number(4);
  if (count > 5) weather.cut_after_bytes = number(5);
  const jiyao::ChaosProxy proxy(words[2], static_cast<std::uint16_t>(number(3)), weather,
                                static_cast<std::uint16_t>(number(1)));
  std::cout << proxy.port() << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  return 0;
}
