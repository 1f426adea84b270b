"""The sentences of page 1 of the briefing, English and Japanese side by side; numbers and names are filled in."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "title": ("{name}: briefing", "{name}：ブリーフィング"),
    "subtitle": ("{partners}{since}. {years}", "{partners}{since}。{years}"),
    "since": (", since {day}", "（{day}発足）"),
    "line": ("Bottom line, and the decision sought", "要点と求められる決定"),
    "shared": (
        "{supplier} is the largest foreign supplier of {both} alike in {n} of {all} industries; through the chain it "
        "stands behind {through} of all inputs.",
        "{both}の最大の海外供給元は{all}産業中{n}産業でともに{supplier}であり、供給網全体で全投入に占める割合は{through}"
        "である。",
    ),
    "shared_none": (
        "{both} have the same largest foreign supplier in none of {all} industries.",
        "{both}の最大の海外供給元は、{all}産業のいずれでも異なる。",
    ),
    "breaks": (
        "The costliest of {n} disruptions in weeks is “{title}”: {losses} of a year's value added; once prices have "
        "adjusted, {left}.",
        "{n}件の途絶のうち短期の損失が最大なのは「{title}」で、年間付加価値に対し{losses}、価格調整後は{left}。",
    ),
    "breaks_one": (
        "The one disruption tried, “{title}”, costs in weeks {losses} of a year's value added;"
        " once prices have adjusted, {left}.",
        "試算した唯一の途絶「{title}」の短期の損失は年間付加価値に対し{losses}、価格調整後は{left}。",
    ),
    "breaks_none": (
        "None of the {n} disruptions tried costs a partner more than {least} of a year's value added in weeks.",
        "試算した{n}件の途絶のうち、短期に年間付加価値の{least}を超える損失を招くものはない。",
    ),
    "act": (
        "Against “{title}” {cost} a year avoids {avoided} of the expected shortage, {added} of it by acting together.",
        "「{title}」には年間{cost}で供給不足の期待値の{avoided}を回避でき、うち{added}は共同行動による。",
    ),
    "act_alone": (
        "Against “{title}” {cost} a year avoids {avoided} of the expected shortage; acting together adds nothing.",
        "「{title}」に対しては年間{cost}で供給不足の期待値の{avoided}を回避できるが、共同行動による上積みはない。",
    ),
    "act_apart": (
        "Against “{title}” {cost} a year avoids {avoided} of the expected shortage, each partner for itself.",
        "「{title}」には各自の備え（年間{cost}）で供給不足の期待値の{avoided}を回避できる。",
    ),
    "number_apart_label": (
        "of the expected shortage avoided, each partner for itself, against “{title}”",
        "各自の備えで回避される供給不足の期待値、「{title}」",
    ),
    "decide": ("Decision sought: {text}.", "求められる決定：{text}。"),
    "decide_part": ("({k}) {text}", "（{k}）{text}"),
    "decide_joint": ("fund together {plans}", "{plans}を共同で賄う"),
    "decide_help": (
        "leave {plan} to {who}, as {giver} would pay {more} a year into one purse for no gain of its own",
        "{plan}は{who}が備える（{giver}は共同資金に年間{more}を払うが利得なし）",
    ),
    "decide_help_each": (
        "each fund its own part against {plan}, as {giver} would pay {more} a year more into one purse for no gain of its own",
        "{plan}は各自で備える（{giver}は共同資金では年間{more}多く払うが利得がない）",
    ),
    "decide_own": (
        "each fund its own part against {plans}, where acting together adds less than {least}",
        "{plans}は共同の上積み{least}未満で各自備える",
    ),
    "decide_not": ("drop {plans}, which cost more than they are worth", "費用が効果を上回る{plans}は見送る"),
    "decide_none": (
        "which disruptions to plan against; no plan was made",
        "どの途絶に備えて計画を作るか（計画は未作成）",
    ),
    "decide_plan": ("“{title}” ({cost} a year)", "「{title}」（年間{cost}）"),
    "decide_title": ("“{title}”", "「{title}」"),
    "number_shared": ("{n} of {all}", "{all}産業中{n}産業"),
    "number_shared_label": (
        "industries in which the partners share {supplier} as largest foreign supplier",
        "で最大の海外供給元がともに{supplier}",
    ),
    "number_shared_note": (
        "Part of all inputs, from direct to through the chain: {spans}",
        "全投入に占める割合、直接から供給網全体まで：{spans}",
    ),
    "number_none_label": (
        "industries in which the partners have the same largest foreign supplier",
        "で最大の海外供給元が共通",
    ),
    "number_loss_label": (
        "of {name}'s yearly value added lost in “{title}”, day by day",
        "「{title}」で失われる{name}の年間付加価値（日次）",
    ),
    "number_loss_note": ("Range over all variants: {span}", "全ケースの範囲：{span}"),
    "number_added": ("+{points}", "+{points}"),
    "number_added_label": (
        "of the expected shortage avoided by acting together, against “{title}”",
        "共同行動による回避の上積み、「{title}」",
    ),
    "number_added_note": ("Range {span}; lost by all at once {common}", "範囲{span}、同時に失う割合{common}"),
    "number_no_plan": ("No plan was made", "計画は未作成"),
    "number_apart_note": ("Nothing is shared in this plan", "この計画では共有しない"),
    "depend": ("Where the partners depend on the same supplier, and who supplies", "共通の依存先と供給元"),
    "depend_industries": (
        "Industries with the largest shared reliance on {supplier}, of all inputs: {items}.",
        "{supplier}への共通の依存が大きい産業（全投入比）：{items}。",
    ),
    "depend_item": ("{name}{shares}", "{name}{shares}"),
    "depend_products": (
        "Products{years}: {same} of {n} comparable ones come from the same largest supplier{items}; {common}",
        "品目{years}：比較できる{n}品目のうち{same}品目で最大の供給元が同じ{items}。{common}",
    ),
    "common_some": ("for {n} all meet a criterion of dependence.", "全員が依存の基準を満たすのは{n}品目。"),
    "common_none": ("no dependence criterion is met by all.", "全員が満たす依存の基準はない。"),
    "depend_no_products": (
        "Products: missing; no trade table knows the same products of every partner.",
        "品目：データなし。全パートナーの同じ品目を示す貿易表がない。",
    ),
    "depend_stops": (
        "Costliest single named supplier if lost for a year, in the first order, of yearly value added: {items}.",
        "1年停止で損失が最大の供給国（一次の試算、年間付加価値比）：{items}。",
    ),
    "stop_item": ("{buyer} {loss} ({industry} from {supplier})", "{buyer}は{loss}（{supplier}の{industry}）"),
    "depend_unnamed": (
        "Unnamed economies come before them: {items}.",
        "個別に示せない国々が上位：{items}。",
    ),
    "weeks": ("What breaks, week by week, and who is hit", "何がいつ止まり、誰が打撃を受けるか"),
    "weeks_scenario": ("Disruption", "途絶"),
    "weeks_soon": ("{name}: weeks", "{name}：短期"),
    "weeks_late": ("{name}: years", "{name}：長期"),
    "weeks_first": ("First tenth of an industry held back", "最初に1割停止"),
    "weeks_first_item": ("{week}: {industry} short of {product}{who}", "{week}：{industry}（{product}の不足）{who}"),
    "weeks_own": ("{week}: {industry} short of its own goods{who}", "{week}：{industry}（自業種の品の不足）{who}"),
    "weeks_nothing": ("nothing: stocks last", "なし（在庫で持ちこたえる）"),
    "weeks_caption": (
        "Value added lost, % of a year's (minus: a gain). Weeks: day by day (all variants). Years: prices adjusted (5 to 95 %"
        " of draws)",
        "失われる付加価値、年間比%（負は利得）。短期：日次（全ケース）。長期：価格調整後（抽出の5～95%）",
    ),
    "weeks_worst": (
        "The first at its worst, of a normal day: {items}.",
        "最初の途絶が最悪となる時（平常日比）：{items}。",
    ),
    "weeks_worst_item": ("{buyer} {week}, {loss}", "{buyer}は{week}で{loss}"),
    "models_overlap": (
        "The models differ, and their ranges overlap: {items}.",
        "モデルの値は異なるが、範囲は重なる：{items}。",
    ),
    "models_apart": (
        "The models disagree, and their ranges do not meet: {items}.",
        "モデルは一致せず、範囲も重ならない：{items}。",
    ),
    "models_sign": (
        "The models disagree on whether anything is lost at all (a minus is a gain): {items}.",
        "そもそも損失があるかどうかでモデルが分かれる（負は利得）：{items}。",
    ),
    "models_item": ("{name} {low} {least}, {high} {most}", "{name}は{least}で{low}、{most}で{high}"),
    "models_ceiling": ("Day by day is before markets adjust: a ceiling.", "日次の値は市場が調整する前の上限。"),
    "figure_hit_title": ("Who is hit, by member", "打撃を受ける加盟国"),
    "figure_hit_unit": ("{title}: % of a year's value added lost", "{title}：失われる年間付加価値、%"),
    "hit": (
        "Hit hardest by it, of their own yearly value added: {economies}; by industry, {industries}.",
        "打撃が大きいのは（それぞれの年間付加価値比）国・地域では{economies}、産業では{industries}。",
    ),
    "hit_buyer": ("{buyer} {items}", "{buyer}の{items}"),
}  # fmt: skip
"""(English, Japanese) by what is said."""
