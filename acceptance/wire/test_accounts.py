"""Accounts: registration, login, sessions, passwords, the end of an account."""

import secrets
import string

import pytest

ours = pytest.mark.ours


def name(prefix="compte"):
    return f"{prefix}-{secrets.token_hex(4)}"


# -- registration ----------------------------------------------------------


def test_flows(client):
    """An empty registration tells the flows and a session."""
    body = client.post("/v3/register", body={}).json
    assert ["m.login.dummy"] in [f["stages"] for f in body["flows"]]
    assert body["session"]


def test_register(client):
    """A new account is logged in as who it asked to be, on the device it asked for."""
    wanted = name()
    user = client.register(wanted, device_id="TELEPHONE", initial_device_display_name="Téléphone")
    assert user.localpart == wanted and user.device_id == "TELEPHONE"
    assert user.get("/v3/devices/TELEPHONE").ok()["display_name"] == "Téléphone"


def test_names_are_lowered(client):
    """Capitals in a name are lowered."""
    wanted = name("Compte")
    assert client.register(wanted).localpart == wanted.lower()


def test_without_login(client):
    """`inhibit_login` gives no token."""
    assert client.register(name(), inhibit_login=True).token is None


def test_name_is_made_up(client):
    """Without a name the server makes one up."""
    assert client.register(None).user_id.startswith("@")


@pytest.mark.parametrize("character", list("._=-/+"))
def test_allowed_characters(client, character):
    """Each character of the grammar is allowed."""
    wanted = f"a{character}{secrets.token_hex(4)}"
    assert client.register(wanted).localpart == wanted


@pytest.mark.parametrize("character", list("!\":?\\@[]{|}£éñ ☃#") + ["\n", "\t", "\0", "\u202e"])
def test_refused_characters(client, character):
    """Every other character is refused."""
    body = {"username": f"a{character}{secrets.token_hex(4)}", "password": "x",
            "auth": {"type": "m.login.dummy"}}
    client.post("/v3/register", body=body).error(400, "M_INVALID_USERNAME")


@pytest.mark.parametrize("username", [
    "a b", "a!b", "@a:b", "", "a" * 256, pytest.param("é", marks=ours),
    pytest.param("\u202e", marks=ours)])
def test_unavailable(client, username):
    """A name that would be refused is not available."""
    client.get("/v3/register/available", query={"username": username}).error(
        400, "M_INVALID_USERNAME")


def test_name_in_use(client, amelie):
    """A name that is taken stays so."""
    body = {"username": amelie.localpart, "password": "x", "auth": {"type": "m.login.dummy"}}
    client.post("/v3/register", body=body).error(400, "M_USER_IN_USE")
    client.get("/v3/register/available", query={"username": amelie.localpart}).error(
        400, "M_USER_IN_USE")
    assert client.get("/v3/register/available", query={"username": name()}).ok()["available"] is True


def test_long_name(client):
    """A user ID has at most 255 bytes."""
    body = {"username": "a" * 256, "password": "x", "auth": {"type": "m.login.dummy"}}
    client.post("/v3/register", body=body).error(400, "M_INVALID_USERNAME")


@pytest.mark.parametrize("body", [
    {"username": 1}, {"username": ["a"]}, {"username": {"a": 1}}, {"username": "x", "password": 5},
    {"auth": "x"}, {"auth": {"type": 3}}, {"auth": {"session": "nonsense", "type": "m.login.dummy"},
                                           "username": 7},
])
def test_bad_registration(client, body):
    """Wrong types are refused; nothing is created."""
    answer = client.post("/v3/register", body={"password": "x", **body})
    assert 400 <= answer.status < 500, answer


@ours
def test_guests_are_refused(client):
    """There are no guests here."""
    answer = client.post("/v3/register", query={"kind": "guest"}, body={})
    answer.error({401, 403}, {"M_FORBIDDEN", "M_GUEST_ACCESS_FORBIDDEN", "M_UNAUTHORIZED"})


# -- login -----------------------------------------------------------------


def test_login_flows(client):
    """Passwords are among the ways to log in."""
    flows = client.get("/v3/login").ok()["flows"]
    assert "m.login.password" in [f["type"] for f in flows]


@pytest.mark.parametrize("how", ["full", "localpart", "capitals", "deprecated"])
def test_login(client, amelie, how):
    """By full ID, by localpart, in capitals, and as old clients say it."""
    user = {"full": amelie.user_id, "localpart": amelie.localpart, "deprecated": amelie.user_id,
            "capitals": amelie.localpart.upper()}[how]
    who = {"user": user} if how == "deprecated" else {
        "identifier": {"type": "m.id.user", "user": user}}
    body = client.post("/v3/login", body={
        "type": "m.login.password", "password": amelie.password, **who}).ok()
    assert body["user_id"] == amelie.user_id
    assert client.get("/v3/account/whoami", token=body["access_token"]).ok() == {
        "user_id": amelie.user_id, "device_id": body["device_id"], "is_guest": False}


@ours
def test_login_on_a_known_device(client, amelie):
    """Logging in again as the same device ends its earlier session."""
    again = client.log_in(amelie.user_id, amelie.password, device_id=amelie.device_id)
    assert again.device_id == amelie.device_id
    amelie.get("/v3/account/whoami").error(401, "M_UNKNOWN_TOKEN")
    assert len(again.get("/v3/devices").ok()["devices"]) == 1


@pytest.mark.parametrize("who", ["amelie", "nobody"])
def test_wrong_password(client, amelie, who):
    """A wrong password and an unknown account cannot be told apart."""
    user = amelie.user_id if who == "amelie" else "@nobody:" + amelie.server_name
    body = client.post("/v3/login", body={
        "type": "m.login.password", "password": "wrong",
        "identifier": {"type": "m.id.user", "user": user}}).error(403, "M_FORBIDDEN")
    assert body["error"] == client.post("/v3/login", body={
        "type": "m.login.password", "password": "wrong",
        "identifier": {"type": "m.id.user", "user": "@other:" + amelie.server_name}}).json["error"]


@pytest.mark.parametrize("password", [
    "пароль", "😀 = mot de passe", " x ", pytest.param("密码" * 20, marks=ours),
    pytest.param("a" * 500, marks=ours)])
def test_any_password(client, password):
    """Passwords may be in any script, and are not cut."""
    user = client.register(name(), password=password)
    user.new_device()
    client.post("/v3/login", body={
        "type": "m.login.password", "password": password[:-1],
        "identifier": {"type": "m.id.user", "user": user.user_id}}).error(403)


@pytest.mark.parametrize("body", [
    {}, {"type": "m.login.nonsense"}, {"type": "m.login.password"}, {"type": 5},
    {"type": "m.login.password", "identifier": "x", "password": "y"},
    {"type": "m.login.password", "identifier": {"type": "m.id.user"}, "password": "y"},
    pytest.param({"type": "m.login.password", "password": "y",
                  "identifier": {"type": "m.id.user", "user": {"a": 1}}}, marks=ours),
    {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "a"}, "password": {"a": 1}},
    {"type": "m.login.password", "identifier": {"type": "m.id.nonsense"}, "password": "y"},
    {"type": "m.login.token", "token": "nonsense"}, {"type": "m.login.token"},
])
def test_bad_login(client, body):
    """Wrong requests are refused, never a fault of ours."""
    answer = client.post("/v3/login", body=body)
    answer.error({400, 401, 403})


# -- sessions --------------------------------------------------------------


def test_logout(amelie):
    """Logging out ends this device alone."""
    other = amelie.new_device()
    other.post("/v3/logout").ok()
    other.get("/v3/account/whoami").error(401, "M_UNKNOWN_TOKEN")
    assert [d["device_id"] for d in amelie.get("/v3/devices").ok()["devices"]] == [amelie.device_id]


def test_logout_all(amelie):
    """Logging out everywhere ends all devices."""
    other = amelie.new_device()
    other.post("/v3/logout/all").ok()
    for device in (amelie, other):
        device.get("/v3/account/whoami").error(401, "M_UNKNOWN_TOKEN")
    assert amelie.new_device().get("/v3/account/whoami").status == 200


def test_logout_ends_a_waiting_sync(amelie):
    """A sync that waits when its session ends does not go on answering."""
    other = amelie.new_device()
    since = other.sync()["next_batch"]
    other.post("/v3/logout").ok()
    other.get("/v3/sync", query={"since": since, "timeout": 1000}).error(401, "M_UNKNOWN_TOKEN")


def test_refresh(client, amelie):
    """A refresh token gives a new access token, for the same device."""
    device = amelie.new_device(refresh_token=True)
    assert device.refresh_token
    body = client.post("/v3/refresh", body={"refresh_token": device.refresh_token}).ok()
    who = client.get("/v3/account/whoami", token=body["access_token"]).ok()
    assert who["device_id"] == device.device_id
    client.post("/v3/refresh", body={"refresh_token": "nonsense"}).error(401, "M_UNKNOWN_TOKEN")


def test_refresh_token_is_used_once(client, amelie):
    """A refresh token that was already used, and whose successor was too, is refused (B2)."""
    device = amelie.new_device(refresh_token=True)
    first = client.post("/v3/refresh", body={"refresh_token": device.refresh_token}).ok()
    client.get("/v3/account/whoami", token=first["access_token"]).ok()
    client.post("/v3/refresh", body={"refresh_token": device.refresh_token}).error({401, 403})


@pytest.mark.parametrize("body", [{}, {"refresh_token": 5}, {"refresh_token": ""}, {"refresh_token": None}])
def test_bad_refresh(client, body):
    """A refresh without a token is refused."""
    client.post("/v3/refresh", body=body).error({400, 401})


def test_devices(amelie, basile):
    """Devices are listed, shown, renamed; those of others are not there."""
    assert amelie.get("/v3/devices/{}", amelie.device_id).ok()["device_id"] == amelie.device_id
    amelie.put("/v3/devices/{}", amelie.device_id, body={"display_name": "Bureau"}).ok()
    devices = amelie.get("/v3/devices").ok()["devices"]
    assert [d["display_name"] for d in devices] == ["Bureau"]
    amelie.get("/v3/devices/NOSUCH").error(404, "M_NOT_FOUND")
    basile.get("/v3/devices/{}", amelie.device_id).error(404, "M_NOT_FOUND")
    basile.put("/v3/devices/{}", amelie.device_id, body={"display_name": "x"}).error(404)


def interactive(user, method, pattern, *parts, body=None, password=None):
    """Does what asks for the password again."""
    first = user.request(method, pattern, *parts, body=body or {})
    assert first.status == 401 and first.json["session"], first
    assert any("m.login.password" in f["stages"] for f in first.json["flows"])
    return user.request(method, pattern, *parts, body={**(body or {}), "auth": {
        "type": "m.login.password", "session": first.json["session"],
        "identifier": {"type": "m.id.user", "user": user.user_id},
        "password": password or user.password}})


def test_delete_device(amelie, basile):
    """A device goes with its owner's password, and its session with it."""
    other = amelie.new_device()
    interactive(amelie, "DELETE", "/v3/devices/{}", other.device_id, password="wrong").error(
        {401, 403})
    other.get("/v3/account/whoami").ok()
    interactive(amelie, "DELETE", "/v3/devices/{}", other.device_id).ok()
    other.get("/v3/account/whoami").error(401, "M_UNKNOWN_TOKEN")
    amelie.get("/v3/devices/{}", other.device_id).error(404)


def test_delete_device_of_another(amelie, basile):
    """Somebody else's password does not delete a device, nor does a session begun by another."""
    other = amelie.new_device()
    answer = interactive(basile, "DELETE", "/v3/devices/{}", other.device_id)
    assert answer.status in (200, 403, 404)
    other.get("/v3/account/whoami").ok()


def test_auth_session_is_bound_to_its_request(amelie):
    """What was proven for one request does not serve for another."""
    other, third = amelie.new_device(), amelie.new_device()
    first = amelie.delete("/v3/devices/{}", other.device_id, body={})
    auth = {"type": "m.login.password", "session": first.json["session"],
            "identifier": {"type": "m.id.user", "user": amelie.user_id},
            "password": amelie.password}
    amelie.delete("/v3/devices/{}", other.device_id, body={"auth": auth}).ok()
    amelie_still = amelie.post(
        "/v3/account/deactivate", body={"auth": {"session": auth["session"]}})
    assert amelie_still.status in (400, 401, 403), amelie_still
    third.get("/v3/account/whoami").ok()


# -- password and end ------------------------------------------------------


def test_change_password(client, amelie):
    """The new password works, the old one does not; other devices go, this one stays."""
    other = amelie.new_device()
    interactive(amelie, "POST", "/v3/account/password", body={"new_password": "tout nouveau 1234"}).ok()
    amelie.get("/v3/account/whoami").ok()
    other.get("/v3/account/whoami").error(401, "M_UNKNOWN_TOKEN")
    client.post("/v3/login", body={
        "type": "m.login.password", "password": amelie.password,
        "identifier": {"type": "m.id.user", "user": amelie.user_id}}).error(403)
    client.log_in(amelie.user_id, "tout nouveau 1234")


def test_change_password_and_keep_devices(amelie):
    """`logout_devices: false` keeps the other devices."""
    other = amelie.new_device()
    interactive(amelie, "POST", "/v3/account/password", body={
        "new_password": "tout nouveau 1234", "logout_devices": False}).ok()
    other.get("/v3/account/whoami").ok()


def test_change_password_needs_the_old_one(amelie):
    """A session alone does not change the password (B1)."""
    interactive(amelie, "POST", "/v3/account/password", body={"new_password": "x"},
                password="wrong").error({401, 403})
    amelie.new_device()


def test_deactivate(client, amelie, basile):
    """After deactivation nothing logs in again, and the rooms are left."""
    room = basile.public_room()
    amelie.join(room)
    interactive(amelie, "POST", "/v3/account/deactivate", password="wrong").error({401, 403})
    interactive(amelie, "POST", "/v3/account/deactivate").ok()
    amelie.get("/v3/account/whoami").error(401, "M_UNKNOWN_TOKEN")
    client.post("/v3/login", body={
        "type": "m.login.password", "password": amelie.password,
        "identifier": {"type": "m.id.user", "user": amelie.user_id}}).error(403)
    client.get("/v3/register/available", query={"username": amelie.localpart}).error(400)
    basile.follow(lambda _: amelie.user_id not in basile.get(
        "/v3/rooms/{}/joined_members", room).ok()["joined"])


def test_openid(amelie, basile):
    """One gets an OpenID token for oneself alone."""
    body = amelie.post("/v3/user/{}/openid/request_token", amelie.user_id).ok()
    assert body["token_type"] == "Bearer" and body["matrix_server_name"] == amelie.server_name
    assert body["expires_in"] > 0 and body["access_token"] != amelie.token
    amelie.post("/v3/user/{}/openid/request_token", basile.user_id).error(403, "M_FORBIDDEN")
    amelie.get("/v3/account/whoami", token=body["access_token"]).error(401)


@pytest.mark.parametrize("token_shape", ["access", "refresh", "session"])
def test_tokens_are_unguessable(client, amelie, token_shape):
    """Tokens carry at least 128 bits that differ from one to the next (A2)."""
    def make():
        if token_shape == "session":
            return client.post("/v3/register", body={}).json["session"]
        device = amelie.new_device(refresh_token=token_shape == "refresh")
        return device.refresh_token if token_shape == "refresh" else device.token
    tokens = [make() for _ in range(4)]
    assert len(set(tokens)) == 4
    letters = set(string.ascii_letters + string.digits)
    assert all(len([c for c in t if c in letters]) >= 20 for t in tokens)


@ours
def test_login_token(client, amelie):
    """A device hands its account to another by a token that works once and soon expires."""
    body = interactive(amelie, "POST", "/v1/login/get_token").ok()
    assert body["expires_in_ms"] > 0
    login = {"type": "m.login.token", "token": body["login_token"]}
    assert client.post("/v3/login", body=login).ok()["user_id"] == amelie.user_id
    client.post("/v3/login", body=login).error(403)


def test_password_is_checked_for_who_asks(amelie, basile):
    """In an interactive step nobody proves to be somebody else."""
    first = amelie.post("/v3/account/deactivate", body={})
    amelie.post("/v3/account/deactivate", body={"auth": {
        "type": "m.login.password", "session": first.json["session"], "password": basile.password,
        "identifier": {"type": "m.id.user", "user": basile.user_id}}}).error({400, 401, 403})
    amelie.get("/v3/account/whoami").ok()
    basile.get("/v3/account/whoami").ok()
