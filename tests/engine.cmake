jiyao_test(test_search
  SOURCES unit/schema/search_test.cpp
  USES jiyao::schema)
jiyao_test(test_store
  SOURCES
    unit/schema/store_find_test.cpp
    unit/schema/store_test.cpp
  USES jiyao_test_disk)

# The log side: roster, sealing, log.jdb, incarnations, drafting and granting.
jiyao_test(test_log
  SOURCES
    unit/sync/incarnation_test.cpp
    unit/sync/keeper_test.cpp
    unit/sync/log_file_test.cpp
    unit/sync/realm_test.cpp
    unit/sync/roster_test.cpp
    unit/sync/seal_test.cpp
  USES jiyao::test_realm)

# The whole office machine.
jiyao_test(test_replica
  SOURCES
    support/realm_fixture.cpp
    unit/sync/replica_clearance_test.cpp
    unit/sync/replica_findings_test.cpp
    unit/sync/replica_second_core_test.cpp
    unit/sync/replica_shut_out_test.cpp
    unit/sync/replica_test.cpp
  USES jiyao::sync jiyao_test_disk)
