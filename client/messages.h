// client/messages.h - what `jiyao` says: client/messages/*.json as they were when it was built.
#pragma once

#include "schema/catalogue.h"

namespace jiyao {

extern const MessageFiles kClientMessages;  ///< the source is made by CMake

}  // namespace jiyao
