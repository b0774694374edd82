// client/main.cpp - the door: words in, an answer and an exit code out; never a stack trace.
#include <malloc.h>

#include <cstdlib>
#include <iostream>
#include <new>

#include "client/commands/commands.h"
#include "client/desk.h"
#include "client/messages.h"
#include "schema/told_failure.h"
#include "schema/unread_output.h"
#include "schema/without_memory.h"

namespace {

using namespace jiyao;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

int answer_to(Menu& menu, const Catalogue& words) {
  Desk desk(menu.choices(), words, menu);
  const auto answer = menu.chosen().work(desk);
  if (!answer) return desk.console().show(answer.error());
  desk.console().show(menu.chosen().command, *answer);
  if (!std::cout && !has_reader_left()) throw StorageFailure(StorageFailure::Kind::io, "stdout");
  return static_cast<int>(answer->exit_code);
}

int run(int argc, char** argv) {
  hold_standard_streams();
  leave_no_core();
  leave_on_interrupt();
  const Catalogue words(
      choose_language(language_flag(argc, argv), environment("JIYAO_LANG"), environment("LANG")),
      kClientMessages);
  Menu menu(words);
  add_commands(menu);
  const auto parsed = menu.parse(argc, argv);
  const Console console(menu.choices().output, words);
  if (!parsed) return console.show(parsed.error());
  try {
    return answer_to(menu, words);
  } catch (const StorageFailure& failure) {
    return console.show(Error{
        Errc::storage, words.text(message_id_of(failure.kind()), {{"what", failure.what()}})});
  } catch (const std::bad_alloc&) {
    return console.show(Error{Errc::storage, words.text("storage.memory")});
  }
}

}  // namespace

int main(int argc, char** argv) {
  // One heap for this thread, one for the second: with one for both, each waits for the other's.
  mallopt(M_ARENA_MAX, 2);
  return run_to_its_end([&] { return run(argc, argv); });
}
