from sealbreak_server.security.secrets import hash_code, new_code


def test_codes_are_the_same_however_they_are_typed() -> None:
    code = new_code()
    assert hash_code(code) == hash_code(f" {code.lower().replace('-', '')} ")
