"""The words figures speak themselves, in English and Japanese; names of codes come from the caller."""

from __future__ import annotations

from interdep.errors import unknown

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "year": " ({year})",
        "money_unit": "{scale}{currency} ({year})",
        "list": ", ",
        "stop": ".",
        "and": " and ",
        "bar_chart": "Bar chart.",
        "other_economies": "other ({n} economies)",
        "other_industries": "other ({n} industries)",
        "missing_rows": "no value ({n})",
        "rest_of_world": "rest of the world",
        "none_loses": "Nothing is lost in {where}",
        "no_value": "No result for {where}",
        "loses_most": "{name} loses most: {value} of a year's value added",
        "economy_subtitle": "{scenario}: value added lost over the horizon, % of yearly value added{year}."
        " {model} model.",
        "ten_of": "The {n} largest of {all} economies; other: mean weighted by value added.",
        "industry_title": "{label}: largest loss {value}, in {name}",
        "industry_subtitle": "{scenario}: value added lost over the horizon, {unit}. {model} model.",
        "industry_column": "% of own value added",
        "industry_column_note": "Right: % of the industry's yearly value added.",
        "members": "Sum over {n} economies.",
        "direct": "direct (face value)",
        "through": "through the whole chain (look-through)",
        "same_supplier": "{name} is the largest foreign supplier of both {left} and {right}",
        "two_suppliers": "{left} relies most on {one}, {right} on {other}",
        "suppliers_subtitle": "% of all inputs, home included{year}; foreign suppliers, ordered by look-through.",
        "suppliers_shared": "● among the {n} largest of both: {names}.",
        "suppliers_shared_none": "None is among the {n} largest of both.",
        "suppliers_alt": "{buyer}: {items} through the chain (direct: {direct}).",
        "compare_title": "{name} loses most: {value} of a year's value added ({series})",
        "compare_subtitle": "Value added lost over the horizon, % of yearly value added{year}.",
        "compare_model": "{model} model.",
        "compare_top": "The {n} of {all} with the largest loss.",
        "heat_title": "{n} of {all} industries have the same top foreign supplier in {buyers}",
        "heat_subtitle": "Top foreign supplier of each industry and its share of all inputs, look-through{year}. "
        "Grey: all foreign suppliers together. ● the same top supplier.",
        "heat_subtitle_one": "Top foreign supplier of each industry and its share of all inputs, look-through{year}. "
        "Grey: all foreign suppliers together.",
        "heat_title_one": "{buyer}: the top foreign supplier of each industry",
        "heat_alt": "Table of {all} industries. The same top foreign supplier in {n} of them. Largest shares: {items}.",
        "heat_alt_one": "Table of {all} industries. Largest shares: {items}.",
        "all_foreign": "all foreign",
        "tile_alt": "Tile map, {unit}; economies shown: {n}. Largest: {items}; smallest: {last}.",
        "tile_alt_missing": "No value: {names}.",
        "tile_alt_none": "Tile map, {unit}; economies shown: {n}. No economy has a value.",
        "per_cent_of": "% {what}",
        "per_cent": "%",
        "rest_alt": "{name}: {value}",
        "days": "day",
        "weeks": "week",
        "line_chart": "Line chart.",
        "fan_title": "{name} loses most: {value} of a normal day's value added at worst, on day {day}",
        "fan_subtitle": "{scenario}: value added lost, % of a normal day{year}. Ario model. Line: default parameters; "
        "dark: middle half of the variants; light: all of them.",
        "fan_alt": "{name}: at worst {value} on day {day} ({low} to {high}).",
        "beyond": "largest variant: {value}",
        "week_chart": "Timeline.",
        "weeks_title": "{name} is the first input to hold production back, from week {week}",
        "weeks_none": "No input holds production back in {where}",
        "weeks_subtitle": "{scenario}: value added in industries that lack the input, % of all value added{year}. "
        "Ario model, default parameters.",
        "weeks_top": "The {n} of {all} inputs that hold back most.",
        "weeks_alt": "{name}: from week {week}, at most {value}.",
    },
    "ja": {
        "year": "（{year}年）",
        "money_unit": "{scale}{currency}（{year}年価格）",
        "list": "、",
        "stop": "。",
        "and": "と",
        "bar_chart": "棒グラフ。",
        "other_economies": "その他（{n}か国・地域）",
        "other_industries": "その他（{n}産業）",
        "missing_rows": "値なし（{n}）",
        "rest_of_world": "その他世界",
        "none_loses": "{where}では損失なし",
        "no_value": "{where}の結果なし",
        "loses_most": "損失が最大なのは{name}：年間付加価値の{value}",
        "economy_subtitle": "{scenario}：対象期間に失われる付加価値、年間付加価値に対する%{year}。モデル：{model}。",
        "ten_of": "{all}か国・地域のうち上位{n}。その他は付加価値による加重平均。",
        "industry_title": "{label}：損失が最大なのは{name}、{value}",
        "industry_subtitle": "{scenario}：対象期間に失われる付加価値、{unit}。モデル：{model}。",
        "industry_column": "産業の付加価値比",
        "industry_column_note": "右：その産業の年間付加価値に対する%。",
        "members": "{n}か国・地域の合計。",
        "direct": "直接（額面）",
        "through": "供給網全体（ルックスルー）",
        "same_supplier": "{left}と{right}の最大の海外供給元はともに{name}",
        "two_suppliers": "最大の海外供給元は{left}が{one}、{right}が{other}",
        "suppliers_subtitle": "国内を含む全投入に対する%{year}。海外の供給元、供給網全体での大きい順。",
        "suppliers_shared": "●は両者の上位{n}に共通：{names}。",
        "suppliers_shared_none": "両者の上位{n}に共通する供給元はない。",
        "suppliers_alt": "{buyer}：供給網全体で{items}（直接：{direct}）。",
        "compare_title": "損失が最大なのは{name}：{series}で年間付加価値の{value}",
        "compare_subtitle": "対象期間に失われる付加価値、年間付加価値に対する%{year}。",
        "compare_model": "モデル：{model}。",
        "compare_top": "{all}のうち損失の大きい{n}。",
        "heat_title": "{buyers}の最大の海外供給元は{all}産業中{n}産業で同じ",
        "heat_subtitle": "産業ごとの最大の海外供給元と、全投入に占める割合（ルックスルー）{year}。"
        "灰色：海外供給元の合計。●は最大の供給元が同じ産業。",
        "heat_subtitle_one": "産業ごとの最大の海外供給元と、全投入に占める割合（ルックスルー）{year}。"
        "灰色：海外供給元の合計。",
        "heat_title_one": "{buyer}：産業ごとの最大の海外供給元",
        "heat_alt": "{all}産業の表。うち{n}産業で最大の海外供給元が同じ。割合が大きい順に{items}。",
        "heat_alt_one": "{all}産業の表。割合が大きい順に{items}。",
        "all_foreign": "海外計",
        "tile_alt": "{n}か国・地域のタイル地図、{unit}。最大：{items}。最小：{last}。",
        "tile_alt_missing": "値なし：{names}。",
        "tile_alt_none": "{n}か国・地域のタイル地図、{unit}。値のある国・地域はない。",
        "per_cent_of": "{what}（%）",
        "per_cent": "%",
        "rest_alt": "{name}：{value}",
        "days": "日",
        "weeks": "週",
        "line_chart": "折れ線グラフ。",
        "fan_title": "損失が最大なのは{name}：{day}日目に平常時の付加価値の{value}",
        "fan_subtitle": "{scenario}：失われる付加価値、平常時の1日に対する%{year}。モデル：Ario。線：既定の想定、"
        "濃色：各想定の中央半分、淡色：全想定。",
        "fan_alt": "{name}：最大{value}（{day}日目、{low}～{high}）。",
        "beyond": "最大の想定：{value}",
        "week_chart": "時系列図。",
        "weeks_title": "最初に生産を制約する投入は{name}、第{week}週から",
        "weeks_none": "{where}では生産を制約する投入なし",
        "weeks_subtitle": "{scenario}：投入が不足する産業の付加価値、全付加価値に対する%{year}。モデル：Ario、既定の想定。",
        "weeks_top": "{all}のうち影響の大きい{n}投入。",
        "weeks_alt": "{name}：第{week}週から、最大{value}。",
    },
}


def say(lang: str, word: str, **values: object) -> str:
    """One of the words above in a language, with its values filled in; raises InputError for a language not spoken."""
    if lang not in WORDS:
        raise unknown("language", lang, list(WORDS), "a figure")
    return WORDS[lang][word].format(**values)


def sentence(*parts: str) -> str:
    """Sentences after one another; Japanese ones need no space between them."""
    out = ""
    for part in parts:
        if part:
            out += part if not out or out.endswith("。") else f" {part}"
    return out
