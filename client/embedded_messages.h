// client/embedded_messages.h - the message files as they were when the program was built.
#pragma once

namespace jiyao {

extern const char* const kMessagesZh;  ///< client/messages/zh.json; the source is made by CMake
extern const char* const kMessagesEn;  ///< client/messages/en.json

}  // namespace jiyao
