"""Settings are read once; what is wrong stops the start with a sentence."""

import base64

import pytest

from webapp.settings import Settings, SettingsRefused

KEY = base64.b64encode(bytes(range(32))).decode()


def test_a_key_is_enough(tmp_path):
    settings = Settings.from_environ({"BANGFU_KEY": KEY, "BANGFU_DATA": str(tmp_path), "HOME": "/"})
    assert settings.key == bytes(range(32))
    assert settings.url == f"sqlite:///{tmp_path}/bangfu.db"
    assert not settings.is_demo


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "缺少主密钥 BANGFU_KEY"),
        ({"BANGFU_KEY": "short"}, "BANGFU_KEY"),
        ({"BANGFU_KEY": base64.b64encode(b"x" * 16).decode()}, "32 字节"),
        ({"BANGFU_KEY": KEY, "BANGFU_DATBASE_URL": "x"}, "BANGFU_DATBASE_URL"),
        ({"BANGFU_KEY": KEY, "BANGFU_CLOCK_SPEED": "60"}, "演示模式"),
        ({"BANGFU_KEY": KEY, "BANGFU_DEMO": "1", "BANGFU_CLOCK_SPEED": "-1"}, "大于 0"),
        ({"BANGFU_KEY": KEY, "BANGFU_DEMO": "perhaps"}, "BANGFU_DEMO"),
        ({"BANGFU_KEY": KEY, "BANGFU_PROXIES": "many"}, "BANGFU_PROXIES"),
        (
            {"BANGFU_KEY": KEY, "BANGFU_MESSAGE_HOSTS": "http://sms.example.cn/"},
            "BANGFU_MESSAGE_HOSTS",
        ),
        ({"BANGFU_KEY": KEY, "BANGFU_PUBLIC_ADDRESS": "bangfu.example"}, "BANGFU_PUBLIC_ADDRESS"),
    ],
)
def test_what_is_wrong_is_said(environ, says):
    with pytest.raises(SettingsRefused, match=says) as refused:
        Settings.from_environ(environ)
    assert "未启动" in refused.value.message


def test_the_demonstration_makes_its_own_key_and_keeps_it(tmp_path):
    environ = {"BANGFU_DEMO": "1", "BANGFU_DATA": str(tmp_path / "new")}
    first, second = Settings.from_environ(environ), Settings.from_environ(environ)
    assert first.key == second.key
    assert len(first.key) == 32
    assert (tmp_path / "new" / "demo.key").stat().st_mode & 0o077 == 0


def test_settings_of_tests_are_nobody_elses_business():
    Settings.from_environ({"BANGFU_KEY": KEY, "BANGFU_TEST_POSTGRES_URL": "postgresql://x"})


def test_hosts_and_secrets_of_messages_are_read_and_secrets_shown_nowhere(tmp_path):
    environ = {
        "BANGFU_KEY": KEY,
        "BANGFU_DATA": str(tmp_path),
        "BANGFU_MESSAGE_HOSTS": "SMS.example.cn, 10.1.2.3:8080",
        "BANGFU_SECRET_SMS": "s3cret",
    }
    outside = Settings.from_environ(environ).outside
    assert outside.hosts == {"sms.example.cn", "10.1.2.3:8080"}
    assert outside.secrets == {"SMS": "s3cret"}
    assert "s3cret" not in repr(Settings.from_environ(environ))
