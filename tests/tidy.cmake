jiyao_test(test_tidy SOURCES tidy/tidy_test.cpp USES jiyao_hardening)
