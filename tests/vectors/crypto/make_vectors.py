#!/usr/bin/env python3
# tests/vectors/crypto/make_vectors.py - the expected values of vectors.txt, from other code than ours.
#
# Independent of libsodium: hashlib (BLAKE2b), python3-cryptography over OpenSSL (Ed25519, X25519,
# ChaCha20-Poly1305, Poly1305, Argon2id), and HChaCha20 and Salsa20 written out below. Published
# vectors are asserted first, so a wrong construction here cannot bless a wrong one there.
#   python3 tests/vectors/crypto/make_vectors.py > tests/vectors/crypto/vectors.txt
import hashlib
import struct

from cryptography.hazmat.primitives import poly1305, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
un = bytes.fromhex


def out(name, value):
    print(f"{name} = {value.hex() if isinstance(value, bytes) else value}")


# --- BLAKE2b as we call it -------------------------------------------------------------------
def blake(label, parts, key=b"", salt=b""):
    message = b"".join(struct.pack("<Q", len(p)) + p for p in parts)
    return hashlib.blake2b(message, digest_size=32, key=key, salt=salt,
                           person=b"jiyao " + label.encode()).digest()


def derive(key, label, salt):
    return blake(label, [salt], key=key, salt=b"derive")


assert hashlib.blake2b(b"abc").hexdigest().startswith("ba80a53f981c4d0d")  # RFC 7693, appendix A

# --- Ed25519 ---------------------------------------------------------------------------------
def sign(seed, label, digest):
    return Ed25519PrivateKey.from_private_bytes(seed).sign(label.encode().ljust(32, b"\0") + digest)


def ed_public(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*RAW)


# --- XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) -----------------------------------------
def rotate(v, n):
    return ((v << n) | (v >> (32 - n))) & 0xFFFFFFFF


def chacha_quarter(x, a, b, c, d):
    for p, q, r, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        x[p] = (x[p] + x[q]) & 0xFFFFFFFF
        x[r] = rotate(x[r] ^ x[p], n)


SIGMA = struct.unpack("<4I", b"expand 32-byte k")


def hchacha20(key, nonce16):
    x = list(SIGMA) + list(struct.unpack("<8I", key)) + list(struct.unpack("<4I", nonce16))
    for _ in range(10):
        for q in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                  (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            chacha_quarter(x, *q)
    return struct.pack("<8I", *(x[0:4] + x[12:16]))


def xchacha_seal(key, nonce, plain, ad):
    sub = hchacha20(key, nonce[:16])
    return nonce + ChaCha20Poly1305(sub).encrypt(b"\0\0\0\0" + nonce[16:], plain, ad)


assert hchacha20(bytes(range(32)), un("000000090000004a0000000031415927")).hex() == \
    "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc"  # draft, 2.2.1

DRAFT_KEY = bytes(range(0x80, 0xA0))
DRAFT_NONCE = bytes(range(0x40, 0x58))
DRAFT_AD = un("50515253c0c1c2c3c4c5c6c7")
DRAFT_TEXT = (b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
              b"future, sunscreen would be it.")
assert xchacha_seal(DRAFT_KEY, DRAFT_NONCE, DRAFT_TEXT, DRAFT_AD)[-16:].hex() == \
    "c0875924c1c7987947deafd8780acf49"  # draft, A.3.1


# --- X25519 sealed box -----------------------------------------------------------------------
def salsa_rounds(x):
    def step(a, b, c, n):
        x[a] ^= rotate((x[b] + x[c]) & 0xFFFFFFFF, n)
    columns = ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11))
    rows = ((0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14))
    for _ in range(10):
        for a, b, c, d in columns + rows:
            step(b, a, d, 7)
            step(c, b, a, 9)
            step(d, c, b, 13)
            step(a, d, c, 18)


def salsa_input(key, in16):
    k = struct.unpack("<8I", key)
    n = struct.unpack("<4I", in16)
    return [SIGMA[0], *k[:4], SIGMA[1], *n, SIGMA[2], *k[4:], SIGMA[3]]


def hsalsa20(key, in16):
    x = salsa_input(key, in16)
    salsa_rounds(x)
    return struct.pack("<8I", *[x[i] for i in (0, 5, 10, 15, 6, 7, 8, 9)])


def salsa20_stream(key, nonce8, size):
    stream = b""
    for counter in range((size + 63) // 64):
        start = salsa_input(key, nonce8 + struct.pack("<Q", counter))
        x = list(start)
        salsa_rounds(x)
        stream += struct.pack("<16I", *[(a + b) & 0xFFFFFFFF for a, b in zip(x, start)])
    return stream[:size]


def secretbox(key, nonce24, plain):
    sub = hsalsa20(key, nonce24[:16])
    stream = salsa20_stream(sub, nonce24[16:], 32 + len(plain))
    text = bytes(a ^ b for a, b in zip(plain, stream[32:]))
    return poly1305.Poly1305.generate_tag(stream[:32], text) + text


def x_public(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes(*RAW)


def x_shared(secret, public):
    return X25519PrivateKey.from_private_bytes(secret).exchange(
        X25519PublicKey.from_public_bytes(public))


def sealed_box(ephemeral, to, plain):
    nonce = hashlib.blake2b(x_public(ephemeral) + to, digest_size=24).digest()
    return x_public(ephemeral) + secretbox(hsalsa20(x_shared(ephemeral, to), bytes(16)), nonce, plain)


ALICE = un("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
BOB = un("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
assert x_shared(ALICE, x_public(BOB)).hex() == \
    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"  # RFC 7748, 6.1


# --- secretstream: ChaCha20 under a key of its own, one counter block for the tag ---------------
def chacha_stream(key, nonce12, counter, size):
    full = struct.pack("<I", counter) + nonce12
    cipher = Cipher(algorithms.ChaCha20(key, full), mode=None).encryptor()
    return cipher.update(bytes(size))


def xor(a, b):
    return bytes(p ^ q for p, q in zip(a, b))


def secretstream(key, header, chunks):
    sub, inner, counter = hchacha20(key, header[:16]), header[16:], 1
    for plain, tag in chunks:
        nonce = struct.pack("<I", counter) + inner
        block = xor(bytes([tag]) + bytes(63), chacha_stream(sub, nonce, 1, 64))
        text = xor(plain, chacha_stream(sub, nonce, 2, len(plain)))
        # libsodium pads by (0x10 - 64 + length) mod 16, which is length mod 16, not its complement.
        covered = block + text + bytes(len(text) % 16) + struct.pack("<QQ", 0, 64 + len(text))
        mac = poly1305.Poly1305.generate_tag(chacha_stream(sub, nonce, 0, 32), covered)
        yield block[:1] + text + mac
        inner, counter = xor(inner, mac[:8]), counter + 1


# --- Argon2id ----------------------------------------------------------------------------------
assert Argon2id(salt=b"\2" * 16, length=32, iterations=3, lanes=4, memory_cost=32, ad=b"\4" * 12,
                secret=b"\3" * 8).derive(b"\1" * 32).hex() == \
    "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"  # RFC 9106, 5.3


def stretch(passphrase, salt, ops, memory_bytes):
    return Argon2id(salt=salt, length=64, iterations=ops, lanes=1,
                    memory_cost=memory_bytes // 1024).derive(passphrase)


# --- a keyring, written from docs/formats/keyring.md -------------------------------------------
def box_secret(seed):
    return hashlib.sha512(seed).digest()[:32]  # crypto_box_seed_keypair


def keyring():
    realm, node, owner, file = b"R" * 16, b"N" * 16, b"O" * 16, b"F" * 16
    node_seed, user_seed, file_key = b"n" * 32, b"u" * 32, b"f" * 32
    user_sign = derive(user_seed, "seed_sign", owner)
    user_box = x_public(box_secret(derive(user_seed, "seed_box", owner)))
    node_key = ed_public(derive(node_seed, "seed_sign", node))
    home = b"JIYAOKEY" + struct.pack("<HHI", 1, 1, 128) + realm + node + node_key
    start = struct.pack("<BBHIQ", 1, 1, 1, 1, 8192) + b"S" * 16 + owner + ed_public(user_sign) + user_box
    stretched = stretch(b"correct horse battery staple", b"S" * 16, 1, 8192)
    commitment = blake("slot", [home + start], key=stretched[32:])
    slot = start + commitment + xchacha_seal(stretched[:32], b"V" * 24, user_seed, home + start) + bytes(40)
    entries = b""
    for kind, level, thing, key in ((1, 0, node, node_seed), (2, 3, file, file_key)):
        begin = struct.pack("<HB5x", kind, level) + thing + owner
        entries += begin + sealed_box(b"E" * 32, user_box, key + blake("ring_ad", [home + begin])) + bytes(8)
    body = home + struct.pack("<QII", 7, 1, 2) + bytes(32) + slot + entries
    mac_key = derive(node_seed, "seed_mac", node)
    return body + blake("ring_mac", [body], key=mac_key), user_sign, file_key, mac_key


KEY = bytes(range(32))
SEED = un("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")  # RFC 8032, 7.1
DIGEST = bytes(range(32, 64))
out("digest_batch_abc_empty_d", blake("batch", [b"abc", b"", b"d"]))
out("digest_change_nothing", blake("change", []))
out("digest_body_1000", blake("body", [bytes(i % 251 for i in range(1000))]))
out("mac_reply", blake("reply", [b"one", b"two"], key=KEY))
out("derive_file_page", derive(KEY, "file_page", b"0123456789abcdef"))
out("commitment", blake("commit", [DRAFT_KEY, DRAFT_NONCE]))
out("signature_batch", sign(SEED, "batch", DIGEST))
out("signature_root_print", sign(SEED, "root_print", DIGEST))
out("xchacha_key", DRAFT_KEY)
out("xchacha_nonce", DRAFT_NONCE)
out("xchacha_ad", DRAFT_AD)
out("xchacha_text", DRAFT_TEXT)
out("xchacha_sealed", xchacha_seal(DRAFT_KEY, DRAFT_NONCE, DRAFT_TEXT, DRAFT_AD))
out("box_seed_public", x_public(box_secret(KEY)))
out("box_to_seed", sealed_box(ALICE, x_public(box_secret(KEY)), b"a key for one machine"))
out("box_alice_to_bob", sealed_box(ALICE, x_public(BOB), bytes(range(100))))
for number, chunk in enumerate(secretstream(KEY, DRAFT_NONCE, [(b"first", 0), (b"", 0), (b"x" * 100, 3)])):
    out(f"stream_chunk_{number}", chunk)
out("argon2id_test", stretch(b"password", b"somesaltsomesalt", 1, 8192))
out("argon2id_3_64mib", stretch(b"password", b"somesaltsomesalt", 3, 64 << 20))
for name, value in zip(("keyring", "keyring_user_sign_seed", "keyring_file_key", "keyring_mac_key"), keyring()):
    out(name, value)
