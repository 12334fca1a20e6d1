"""The gazetteer: countries, regions and towns by any of their names, with coordinates.

One compact table (``streams/data/gazetteer.bin``), written by :mod:`streams.gazetteer.build`. It
holds no names to search in, only the digest of each: half a million names take five megabytes.
Towns are those of GeoNames (https://www.geonames.org, CC BY 4.0), countries those of the Unicode
CLDR and of GeoNames; regions and further names stand in ``streams/data/places.toml``.
"""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from array import array
from bisect import bisect_left
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import msgspec
import zstandard


FILE = Path(__file__).parents[1] / "data" / "gazetteer.bin"

Feature = Literal["country", "region", "town"]
FEATURES: tuple[Feature, ...] = get_args(Feature)

_NOTHING = dict.fromkeys(map(ord, "'\u2019\u02bc\u2018`\u02bb\u02bf\u02be\u0640\u200c\u200d\u00b7\u30fb."))
_LETTERS = str.maketrans(
    {
        "-": " ",
        "\u2013": " ",
        "\u2010": " ",
        "\u0131": "i",
        "\u00df": "ss",
        "\u00f8": "o",
        "\u0142": "l",
        "\u0111": "d",
        "\u00e6": "ae",
        "\u0623": "\u0627",  # Arabic: alefs, yehs, kafs and heh without their marks
        "\u0625": "\u0627",
        "\u0622": "\u0627",
        "\u0671": "\u0627",
        "\u0649": "\u064a",
        "\u06cc": "\u064a",
        "\u06a9": "\u0643",
        "\u0629": "\u0647",
        "\u06c0": "\u0647",
    }
)

# Traditional Chinese signs, and the simplified ones that stand for them.
_TRADITIONAL = (
    "敘剛頗贊彌裡爾國烏蘭羅維馬亞倫頓薩達貝魯盧內納諾緬葉門東灣島廣聖華澤軍韓漢倉奧賓費濟溫紐約馮聯義滿靈龍鳥寧貢錫買賽凱鐵衛綠絲齊寶無萬"
    "億兩開喬連遼蘇嶺塊區縣鄉鎮莊陽陰陳錢長陸雲電壩礦蓋薊滬潤賈貴賴輝遜邊鄧鄭鐘關隊際雜離難雙雞風飛館騎驅魚鮮黃點齒極樂標樹橋"
    "機權歐歡歲歷殘殺氣沒況漁湯滅濱灘災爭為爺獨獲現環產畢異當發盜監盤眾確禮禍種稅積穩窮競筆築簡紀紅級細終組結給絕統經緊線編緩"
    "縱總繼續纜罰習聞聽職腦舊艦處號補裏製見規視親覺觀觸計訊記訪設許評詞試詢話該說調論諸謀證識議護變讓負財責貨貧購資質趕跡轉輸"
    "邁違遠適選郵鄰釋銀鋼錄錯鎖鏈鑽閃間階隨險雖靜韋頂項順頭題願類顯飯飲餘駐駕驗驚體鬥鳴麗齡"
)
_SIMPLIFIED = (
    "叙刚颇赞弥里尔国乌兰罗维马亚伦顿萨达贝鲁卢内纳诺缅叶门东湾岛广圣华泽军韩汉仓奥宾费济温纽约冯联义满灵龙鸟宁贡锡买赛凯铁卫绿丝齐宝无万"
    "亿两开乔连辽苏岭块区县乡镇庄阳阴陈钱长陆云电坝矿盖蓟沪润贾贵赖辉逊边邓郑钟关队际杂离难双鸡风飞馆骑驱鱼鲜黄点齿极乐标树桥"
    "机权欧欢岁历残杀气没况渔汤灭滨滩灾争为爷独获现环产毕异当发盗监盘众确礼祸种税积稳穷竞笔筑简纪红级细终组结给绝统经紧线编缓"
    "纵总继续缆罚习闻听职脑旧舰处号补里制见规视亲觉观触计讯记访设许评词试询话该说调论诸谋证识议护变让负财责货贫购资质赶迹转输"
    "迈违远适选邮邻释银钢录错锁链钻闪间阶随险虽静韦顶项顺头题愿类显饭饮余驻驾验惊体斗鸣丽龄"
)
_LETTERS.update(zip(map(ord, _TRADITIONAL), _SIMPLIFIED, strict=True))


_REMEMBERED = 16_384
"""Names looked up before: the same ones are in the news for days."""


class Entry(NamedTuple):
    """A place of the gazetteer: degrees, ISO 3166-1 alpha-2, GeoNames' number (0: none), inhabitants."""

    row: int
    name: str
    feature: Feature
    country: str
    latitude: float
    longitude: float
    geonames_id: int
    population: int


class Head(msgspec.Struct, frozen=True):
    """What the table begins with: its source, how long its columns are, and its countries.

    ``openers``: what names begin with, as :func:`opener` gives it.
    """

    sources: list[str]
    places: int
    names: int
    countries: list[str]
    openers: list[str]


@lru_cache(maxsize=_REMEMBERED)
def key(name: str) -> str:
    """Return a name as it is looked up: small letters without marks, hyphens as spaces."""
    folded = _folded(name)
    return " ".join((folded if folded.isascii() else _folded(folded)).split())


def _folded(name: str) -> str:
    """Return small letters without marks. Some letters need it twice: a capital among symbols, say."""
    plain = unicodedata.normalize("NFKD", name).translate(_NOTHING).translate(_LETTERS).casefold()
    if plain.isascii():
        return plain
    letters = unicodedata.normalize("NFKD", plain.translate(_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def opener(folded: str) -> str | None:
    """Return what a key begins with, where one looks for it by that; None where by all of it.

    That is the first word of several, in Arabic letters also an only one; of Chinese the first two signs.
    """
    if folded and "\u4e00" <= folded[0] <= "\u9fff":
        return folded[:2]
    first, space, _ = folded.partition(" ")
    return first if space or (folded and "\u0600" <= folded[0] <= "\u06ff") else None


def digest(folded: str) -> int:
    """Return 64 bits that stand for a key."""
    return int.from_bytes(
        hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=8).digest(), "little"
    )


class Gazetteer:
    """The table, in columns; a place is its row."""

    def __init__(self, data: bytes) -> None:
        raw = zstandard.ZstdDecompressor().decompress(data)
        length = int.from_bytes(raw[:4], "little")
        self.head = msgspec.json.decode(raw[4 : 4 + length], type=Head)
        self.openers = frozenset(self.head.openers)
        self._at, self._raw = 4 + length, raw
        places, names = self.head.places, self.head.names
        self._ids = self._column("I", places)
        self._populations = self._column("I", places)
        self._latitudes = self._column("f", places)
        self._longitudes = self._column("f", places)
        self._countries = self._column("B", places)
        self._features = self._column("B", places)
        self._ends = self._column("I", places)
        self._keys = self._column("Q", names)
        self._rows = self._column("I", names)
        self._names = raw[self._at :]
        self.entry = lru_cache(_REMEMBERED)(self._entry)
        del self._raw

    def _column(self, code: str, length: int) -> array[int] | array[float]:
        column: array[int] | array[float] = array(code)
        size = column.itemsize * length
        column.frombytes(self._raw[self._at : self._at + size])
        if sys.byteorder == "big":
            column.byteswap()
        self._at += size
        return column

    def rows(self, folded: str) -> list[int]:
        """Return the places that a key (:func:`key`) names, as rows of the table."""
        wanted = digest(folded)
        at = bisect_left(self._keys, wanted)
        found = []
        while at < len(self._keys) and self._keys[at] == wanted:
            found.append(int(self._rows[at]))
            at += 1
        return found

    @cached_property
    def countries(self) -> dict[str, int]:
        """The row of each country, by its code."""
        codes, country = self.head.countries, FEATURES.index("country")
        return {
            codes[int(self._countries[row])]: row
            for row, feature in enumerate(self._features)
            if feature == country
        }

    def _entry(self, row: int) -> Entry:
        """Return what the table holds of a place."""
        start = int(self._ends[row - 1]) if row else 0
        return Entry(
            row=row,
            name=self._names[start : int(self._ends[row])].decode(),
            feature=FEATURES[int(self._features[row])],
            country=self.head.countries[int(self._countries[row])],
            latitude=round(self._latitudes[row], 4),
            longitude=round(self._longitudes[row], 4),
            geonames_id=int(self._ids[row]),
            population=int(self._populations[row]),
        )


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer that comes with Kabar; it is read once."""
    return Gazetteer(FILE.read_bytes())
