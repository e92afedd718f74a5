"""Synthetic names of people. Put together by chance: nobody real is meant."""

import random

from engine.model.identity_numbers import Sex

_SURNAMES = tuple(
    "陈林黄张李王吴蔡杨郑许刘郭洪庄曾苏谢何赖沈游戴简汤朱徐周叶江方胡卢余詹涂魏罗柯邱"
)
_COMPOUND_SURNAMES = ("欧阳", "上官", "司徒")
_EVERY_COMPOUND = 19  # one in so many people has a compound surname
_EVERY_DOTTED = 43  # one in so many has a name with a middle dot

_FEMALE_GIVEN = (
    "秀兰 丽华 美珍 淑芬 雅琴 玉梅 惠玲 桂英 晓燕 婷婷 雪梅 金凤 宝珠 月娥 碧霞 阿娇 "
    "春花 素贞 琼瑶 巧云 思颖 佳怡 静 敏 芳 艳 娟 霞 燕 慧"
)
_MALE_GIVEN = (
    "建国 志强 伟明 文辉 永福 国栋 俊杰 振华 福生 水生 天赐 进财 海波 庆祥 清河 炳坤 "
    "子豪 宇航 家兴 阿木 文龙 顺发 德才 金土 勇 军 斌 峰 涛 鹏"
)
_GIVEN = {Sex.FEMALE: _FEMALE_GIVEN.split(), Sex.MALE: _MALE_GIVEN.split()}

_DOTTED = {
    Sex.FEMALE: ("阿依古丽·吐尔逊", "古丽娜尔·买买提", "卓玛·央金"),
    Sex.MALE: ("买买提·吐尔逊", "艾力·卡德尔", "扎西·多吉"),
}


def given_name(chance: random.Random, sex: Sex) -> str:
    """A given name of one or two characters."""
    return chance.choice(_GIVEN[sex])


def surname(chance: random.Random) -> str:
    """A surname of one character."""
    return chance.choice(_SURNAMES)


def surname_of(name: str) -> str:
    """The surname of a full name, compound ones included."""
    compound = next((one for one in _COMPOUND_SURNAMES if name.startswith(one)), None)
    return compound or name[0]


def full_name(chance: random.Random, sex: Sex, number: int) -> str:
    """A name for the ``number``-th of many people: some get an unusual one."""
    if number % _EVERY_DOTTED == 0:
        return chance.choice(_DOTTED[sex])
    if number % _EVERY_COMPOUND == 0:
        return chance.choice(_COMPOUND_SURNAMES) + given_name(chance, sex)
    return surname(chance) + given_name(chance, sex)


def labelled(name: str) -> str:
    """The name of somebody on the staff with the label that every synthetic person carries."""
    return f"{name}（模拟）"


def labelled_applicant(name: str) -> str:
    """The same for names that go through forms: those take no brackets in a name."""
    return f"{name}·模拟"


class NameSource:
    """Full names, no two alike: for some hundreds of people, not for thousands."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._given_out: set[str] = set()

    def next(self, sex: Sex) -> str:
        """A name nobody has been given yet."""
        number = len(self._given_out) + 1
        while (name := full_name(self._chance, sex, number)) in self._given_out:
            number += 1
        self._given_out.add(name)
        return name
