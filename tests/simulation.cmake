# The World: whole realms in one process, from a seed. 300 worlds in two halves for two cores.
add_library(jiyao_world STATIC
  simulation/clerk.cpp
  simulation/god_ledger.cpp
  simulation/hub_station.cpp
  simulation/plan.cpp
  simulation/settlement.cpp
  simulation/shrink.cpp
  simulation/small_model.cpp
  simulation/world.cpp
  simulation/world_checks.cpp
  simulation/world_end.cpp
  simulation/world_heal.cpp
  simulation/world_media.cpp
  simulation/world_steps.cpp
  simulation/world_sync.cpp
  simulation/world_tell.cpp
  oracle/history_maker.cpp
  oracle/meeting.cpp
  oracle/state_lines.cpp)
target_link_libraries(jiyao_world PUBLIC jiyao::server jiyao::sync jiyao_test_disk PRIVATE PkgConfig::sqlite jiyao::warnings)
target_precompile_headers(jiyao_world REUSE_FROM jiyao_crypto)

# What every machine shows at the end is merged and checked once more, in Python.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
set(second_opinion ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/oracle/compare.py
  ${PROJECT_SOURCE_DIR}/schema/ledgers)
jiyao_test(test_simulation
  SOURCES simulation/simulation_test.cpp
  USES jiyao_world
  SHARDS 2
  THROUGH ${second_opinion})
set_property(TEST test_simulation.0 test_simulation.1 APPEND PROPERTY ENVIRONMENT JIYAO_TELL_ENDS=1)

# The power goes at every change of an office's disk.
jiyao_test(test_crash_points
  SOURCES
    simulation/crash_points_test.cpp
    simulation/one_office.cpp
  USES jiyao_world jiyao_test_realm
  SHARDS 2)

# Every file call of an office's work fails, and many an allocation of SQLite's and of our own.
jiyao_test(test_fault_points
  SOURCES
    simulation/fault_points_test.cpp
    simulation/hub_memory_test.cpp
    simulation/one_office.cpp
    support/own_memory.cpp
  USES jiyao_world jiyao_test_realm
  SHARDS 2)
target_link_options(test_fault_points PRIVATE
  LINKER:--wrap=sodium_malloc LINKER:--wrap=ZSTD_createDCtx LINKER:--wrap=ZSTD_compress)

# A real process on a real disk, killed.
jiyao_test(test_kill_loop
  SOURCES simulation/kill_loop_test.cpp
  USES jiyao_world)

# The second opinion: merge, check and digests once more, in Python, from the documents alone.
add_executable(oracle_histories oracle/histories_main.cpp)
target_link_libraries(oracle_histories PRIVATE jiyao_world jiyao::warnings)
add_test(NAME test_oracle_histories
  COMMAND ${second_opinion} $<TARGET_FILE:oracle_histories> 1 4000)

# All of a small world: three machines, four changes, every order.
jiyao_test(test_exhaustive
  SOURCES
    exhaustive/exhaustive_test.cpp
    exhaustive/explorer.cpp
    exhaustive/stock.cpp
  USES jiyao_world jiyao::test_realm
  SHARDS 2)

list(APPEND small_wraps
  _ZN5jiyao5mergeERKNS_16LedgerDefinitionESt4spanIKNS_12JudgedChangeELm18446744073709551615EE
  _ZNK5jiyao10BatchIndex7missingERKNS_5ScopeESt4spanIKNS_19CompartmentFrontierELm18446744073709551615EEm)
list(TRANSFORM small_wraps PREPEND "LINKER:--wrap=")
target_link_options(test_exhaustive PRIVATE ${small_wraps})

# Bugs on purpose: the linker leads these calls through tests/simulation/museum_*.cpp.
jiyao_test(test_museum
  SOURCES
    simulation/museum_ledger.cpp
    simulation/museum_machines.cpp
    simulation/museum_test.cpp
  USES jiyao_world
  SHARDS 2)
set(wraps
  _ZN5jiyao5mergeERKNS_16LedgerDefinitionESt4spanIKNS_12JudgedChangeELm18446744073709551615EE
  _ZN5jiyao10seal_batchERKNS_9SealInputE
  _ZNK5jiyao10BatchIndex7missingERKNS_5ScopeESt4spanIKNS_19CompartmentFrontierELm18446744073709551615EEm
  _ZN5jiyao10BatchIndex3addERKNS_9BatchLineE
  _ZNK5jiyao6Roster8standingERKNS_11SealedBatchERKNS_8AncestryE
  _ZNK5jiyao6Roster5scopeERKNS_5BlockINS_9NodeIdTagELm16EEERKNS_5RouteE
  _ZN5jiyao13SimulatedDisk4syncERNS0_5InodeEm
  _ZN5jiyao8stage_ofERKNS_7Replica5StateERKNS_5StoreERKNS_12StoredChangeE
  _ZN5jiyao5checkERKNS_11DefinitionsERKNS_13NeighbourhoodE
  _ZNK5jiyao6Roster8standingERKNS_6ChangeERKNS_11RosterPointEjb
  _ZN5jiyao9digest_ofERKNS_8FrontierE
  _ZNK5jiyao10BatchIndex8frontierERKNS_13CompartmentIdE
  _ZN5jiyao11Transaction6commitEv
  _ZN5jiyao7Replica12seal_pendingEi
  _ZNK5jiyao7Replica11undeliveredEv
  _ZN5jiyao12issue_grantsERNS_7LogFileERKNS_10KeeperKeysE
  _ZN5jiyao8LaneBook12declare_lostERKNS_5BlockINS_8SetIdTagELm16EEE
  _ZNK5jiyao8LaneBook4baseENS_7SetKindE
  _ZNK5jiyao6Roster5epochERKNS_13CompartmentIdE
  _ZN5jiyao9LevelWork11judge_againERKNS_6ChangeERKNS_5BlockINS_11ChangeIdTagELm32EEERKNS_11StoredBatchE
  _ZN5jiyao5admitERKNS_11SealedBatchERKNS_6RosterERKNS_5RouteENS_5LevelE
  _ZN5jiyao9LevelWork3addENS_12StoredChangeERKNS_11RosterPointE
  _ZNK5jiyao5Store7batchesEv
  _ZNK5jiyao5Store8with_keyERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE
  _ZN5jiyao7Replica4openERNS_3EnvERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEESA_NS_8UnlockedE
  _ZN5jiyao4Life5beginERNS_3EnvERNS_7LogFileENS_9LifePathsERKNS_6SecretILm32EEE
  _ZN5jiyao12replace_fileERNS_5FilesERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEESt4spanIKhLm18446744073709551615EE
  _ZNK5jiyao10PaperShelf5headsEv
  _ZN5jiyao8Exchange4hearESt4spanIKhLm18446744073709551615EE
  _ZNK5jiyao8Exchange10is_settledEv)
list(TRANSFORM wraps PREPEND "LINKER:--wrap=")
target_link_options(test_museum PRIVATE ${wraps})
