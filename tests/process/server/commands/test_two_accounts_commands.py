"""Commands on a server with two accounts."""

from support.server.process import Server, command
from support.server.stranger import device_of, join


def test_commands_act_on_one_account_only(server: Server) -> None:
    with join(server, "Ann") as ann, join(server, "Ben") as ben:
        anns, bens = ann.mail(), ben.mail()
        exported = command(server.data, "export", "--account", "Ben").stdout
        assert bens.id in exported
        assert anns.id not in exported
        listed = command(server.data, "devices", "--account", "Ben").stdout
        assert device_of(ben) in listed
        assert device_of(ann) not in listed
        done = command(server.data, "erase", "--yes", "--account", "Ben", "--message", anns.id)
        assert done.returncode == 1
        command(server.data, "erase", "--yes", "--account", "Ben", "--recipient", "ann@example.com")
        assert ann.http.get(f"/messages/{anns.id}").status_code == 200
        assert ben.http.get(f"/messages/{bens.id}").status_code == 410


def test_with_two_accounts_a_command_needs_the_name(server: Server) -> None:
    with join(server, "Ann"), join(server, "Ben"):
        done = command(server.data, "export")
        assert done.returncode == 1
        assert "--account" in done.stderr
        assert command(server.data, "export", "--account", "Nobody").returncode == 1
