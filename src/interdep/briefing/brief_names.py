"""What the two-page briefing calls things, in English and Japanese: economies, industries, products, plans, assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from interdep.agreement import proposal as proposals
from interdep.briefing.days_section import variant_words
from interdep.briefing.response_words import ASSUMED
from interdep.classifications import industry_name
from interdep.classifications.product_sets import product_set, product_sets
from interdep.figures.arrangements import WORDS
from interdep.figures.words import say as figure_words
from interdep.geography import name_of
from interdep.models.equilibrium.model import OF_INDUSTRY
from interdep.models.verdict import WHEN, parameter_words
from interdep.partnership.indicators import INDICATORS

if TYPE_CHECKING:
    from interdep.agreement.agree import Agreement
    from interdep.briefing.findings import Findings
    from interdep.briefing.numbers import Lang

PRODUCTS_JA = {
    "2504": "天然黒鉛",
    "250410": "天然黒鉛（粉・フレーク）",
    "2602": "マンガン鉱",
    "260200": "マンガン鉱",
    "260400": "ニッケル鉱",
    "260500": "コバルト鉱",
    "2610": "クロム鉱",
    "2611": "タングステン鉱",
    "261100": "タングステン鉱",
    "2612": "ウラン・トリウム鉱",
    "2614": "チタン鉱",
    "261400": "チタン鉱",
    "2615": "ニオブ・タンタル・バナジウム・ジルコニウム鉱",
    "261510": "ジルコニウム鉱",
    "261590": "ニオブ・タンタル・バナジウム鉱",
    "2701": "石炭",
    "2704": "コークス",
    "2705": "石炭ガス",
    "2706": "コールタール",
    "2709": "原油",
    "2710": "石油製品",
    "2711": "天然ガス・石油ガス",
    "271111": "液化天然ガス",
    "271121": "天然ガス（気体）",
    "2804": "水素・希ガス・非金属（シリコンを含む）",
    "280429": "ヘリウム等の希ガス",
    "280461": "高純度シリコン",
    "280469": "シリコン",
    "280530": "希土類金属",
    "282010": "二酸化マンガン",
    "282200": "コバルト酸化物",
    "2825": "無機塩基・金属酸化物（リチウムを含む）",
    "282520": "酸化・水酸化リチウム",
    "282530": "バナジウム酸化物",
    "282560": "ゲルマニウム・ジルコニウム酸化物",
    "2836": "炭酸塩（炭酸リチウムを含む）",
    "283691": "炭酸リチウム",
    "2846": "希土類化合物",
    "284610": "セリウム化合物",
    "284690": "希土類化合物（セリウム以外）",
    "310420": "塩化カリウム",
    "7110": "白金族",
    "750110": "ニッケルマット",
    "750210": "ニッケル地金",
    "810110": "タングステン粉",
    "8105": "コバルト",
    "810520": "コバルト（未加工）",
    "8108": "チタン",
    "810820": "チタン（未加工）",
    "811231": "ハフニウム",
    "811292": "ガリウム・ゲルマニウム・インジウム等",
}
"""Short Japanese names of the products that the packaged tables hold; any other is called by its HS code."""

HEADINGS_EN = {
    "2804": "hydrogen, rare gases, silicon",
    "2825": "inorganic bases and metal oxides, also of lithium",
    "2836": "carbonates, also of lithium",
    "7110": "platinum metals",
    "8105": "cobalt",
    "8108": "titanium",
}
"""Short names of headings whose names in the HS are long."""

ASSUMED_JA = {
    "carrying": "備蓄の年間費用",
    "most_stock": "備蓄の上限",
    "premium": "他の供給元から買う割増",
    "growth": "各供給元が契約で増やせる量",
    "standby": "予備設備の年間費用",
    "most_built": "予備設備の上限",
    "spare": "供給元が直ちに回せる量",
    "wait": "余力の到着までの日数",
    "rest": "一括して扱う小さな供給元の境",
    "probability": "各途絶の年間確率",
    "length": "供給停止の日数",
}

PARAMETERS_JA = {
    "value_added_elasticity": "労働・資本による投入の代替しやすさ",
    "input_elasticity": "投入どうしの代替しやすさ",
    "final_elasticity": "最終需要での製品の代替しやすさ",
    "trade_elasticity": "個別の推計がない産業の貿易弾力性",
    "horizon_factor": "貿易の調整の進み具合",
    "mobility": "労働・資本の産業間の移動しやすさ",
    "labour_elasticity": "付加価値の生産への感応度",
}

VARIANTS_JA = {
    "stocks low": "在庫がいずれも少ない場合",
    "stocks high": "在庫がいずれも多い場合",
    "orders keep": "買い手が他の供給元を探さない場合",
    "orders reroute": "買い手が他の供給元を探す場合",
    "rationing industries first": "不足品を産業に優先して配る場合",
    "rationing proportional": "不足品を一律に配る場合",
    "essential every input": "サービスを含む全投入を不可欠とする場合",
    "essential rule": "財は財の生産者だけを制約するとする場合",
}

SETTINGS_JA = {
    "psi": "在庫が目標の{:.0f}%を切ると直ちに減産するとした場合",
    "essential_above": "産出の{:.1f}%を超える投入を不可欠とする場合",
    "overproduction_max": "能力を平常の{:.2g}倍まで上げられる場合",
    "overproduction_time": "余力の立ち上げに{:.0f}日かかる場合",
    "order_time": "在庫の不足を{:.0f}日で埋める場合",
    "trade_elasticity": "貿易弾力性が{:g}の場合",
}

PLANS = {
    "pillars": ("Any supplier of the pillars' goods stops", "各柱の財の供給元のいずれかが停止"),
}
"""Plans that are made without being named in the partnership's file."""

RULES = {
    "unanimity": ("unanimity", "全会一致"), "qmv": ("qualified majority", "特定多数決"),
    "qmv-reinforced": ("reinforced qualified majority", "強化された特定多数決"), "majority": ("simple majority", "単純過半数"),
}  # fmt: skip

MODES = {"sea": (" by sea", "海路の"), "pipeline": (" by pipeline", "パイプラインの"), "all": ("", "")}
"""How goods come, as it stands behind the product in English and before it in Japanese."""

WHEN_JA = {"leontief": "一次の試算", "ario": "日次", "equilibrium": "価格調整後"}
"""The models by what they look at, as `interdep.models.verdict.WHEN` in English."""

TRENDS_JA = {"better": "改善", "worse": "悪化", "unchanged": "横ばい", "within the range": "範囲内"}

STATES_JA = {
    "not known": "不明", "not started": "未着手", "under way": "進行中", "done": "完了", "stopped": "中止",
}  # fmt: skip


def names_of(found: Findings, lang: Lang) -> dict[str, str]:
    """Economies, partners, industries, scenarios and plans by code, in a language; English where no Japanese name is given."""
    unnamed = {name: PLANS.get(name, (name, name))[lang == "ja"] for name in found.plans if name not in found.names}
    if lang == "en":
        return unnamed | found.names
    names = {code: name_of(code, "ja") for code in (*found.world.economies, *found.buyers)}
    names |= {code: industry_name(code, found.world.classification, "ja") for code in found.world.industries}
    names |= {p.name: p.title_ja or p.title for p in found.partnership.plans}
    return (
        unnamed
        | found.names
        | names
        | {s.name: s.title_ja or s.title or s.name for s in (*found.run.scenarios, *found.long)}
    )


def economy(code: str, names: dict[str, str], lang: Lang) -> str:
    """An economy or group that the table need not know."""
    return names.get(code) or name_of(code, lang)


def partnership_title(found: Findings, lang: Lang) -> str:
    """The partnership's title."""
    given = found.partnership
    return (given.title_ja or given.title) if lang == "ja" else given.title


def product(code: str, lang: Lang, name: str = "") -> str:
    """A product in a few words; name: what its table calls it."""
    if lang == "ja":
        return PRODUCTS_JA.get(code, f"HS {code}")
    short = next(
        (s.codes[code] for s in map(product_set, product_sets()) if code in s.codes), HEADINGS_EN.get(code, "")
    )
    text = short or name or f"HS {code}"
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def proposal_title(vote: Agreement, lang: Lang) -> str:
    """The title of what is voted on."""
    if lang == "ja" and vote.about["proposal"] in proposals.library():
        return proposals.Proposal.read(vote.about["proposal"]).proposal.title_ja or vote.about["title"]
    return vote.about["title"]


def rule(name: str, lang: Lang) -> str:
    """A voting rule."""
    return RULES[name][lang == "ja"] if name in RULES else name


def assumption(name: str, names: dict[str, str], lang: Lang) -> str:
    """An assumption behind a plan."""
    for start, (en, ja) in (("size of ", ("imports of {}", "{}の輸入の規模")),
                            ("probability of ", ("yearly probability that {} stops", "{}の停止の年間確率"))):  # fmt: skip
        if name.startswith(start):
            who = name.removeprefix(start)
            return (ja if lang == "ja" else en).format(names.get(who, who))
    return (ASSUMED_JA if lang == "ja" else ASSUMED).get(name, name)


def parameter(name: str, names: dict[str, str], lang: Lang) -> str:
    """A parameter of the models."""
    if lang == "en":
        return parameter_words(name, names)
    if name.startswith(OF_INDUSTRY):
        code = name.removeprefix(OF_INDUSTRY)
        return f"{names.get(code, code)}の貿易弾力性"
    return PARAMETERS_JA.get(name, name)


def variant(name: str, lang: Lang) -> str:
    """A variant of the days, as it reads behind a loss."""
    if lang == "en":
        return variant_words(name)
    if name in VARIANTS_JA:
        return VARIANTS_JA[name]
    if name == "essential_above 0":
        return "どれほど小さい投入も不可欠とする場合"
    key, _, text = name.rpartition(" ")
    words = SETTINGS_JA.get(key, f"{key}が{{:g}}の場合")
    return words.format(float(text) * (100 if "%" in words else 1))


def when(model: str, lang: Lang) -> str:
    """A model by what it looks at."""
    return (WHEN_JA if lang == "ja" else WHEN).get(model, model)


def state(name: str, lang: Lang) -> str:
    """How far a commitment is."""
    return STATES_JA.get(name, name) if lang == "ja" else name


def trend(name: str, lang: Lang) -> str:
    """Where an indicator goes."""
    return TRENDS_JA.get(name, name) if lang == "ja" else name


def indicator(name: str, lang: Lang) -> str:
    """An indicator of the registry."""
    known = INDICATORS.get(name)
    return name if known is None else known.title_ja if lang == "ja" else known.title


def arrangement(row: Mapping[str, Any], names: dict[str, str], lang: Lang) -> str:
    """An arrangement of a plan, as the figures call it; a partner alone by its name."""
    if row["arrangement"] in WORDS:
        return figure_words(lang, WORDS[row["arrangement"]], n=row["who"].partition(" ")[0])
    who = names.get(row["who"], row["who"])
    return f"{who}のみ" if lang == "ja" else f"{who} alone"
