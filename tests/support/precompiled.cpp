// tests/support/precompiled.cpp - carries the precompiled headers that every test reuses.
int main() {
  return 0;
}
