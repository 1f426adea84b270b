"""The sentences of page 2 of the briefing, of its frame and of the tables behind its figures; numbers and names are filled in."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "options": ("Options: what to do, and what acting together adds", "選択肢：何をすべきか、共同行動は何を加えるか"),
    "options_none": (
        "No plan was made.",
        "計画は作成していない。",
    ),
    "options_against": ("Against", "対象"),
    "options_cost": ("Costs a year", "年間費用"),
    "options_worth": ("Worth a year", "年間の効果"),
    "options_avoided": ("Avoided", "回避"),
    "options_added": ("Added by acting together", "共同行動の上積み"),
    "options_added_for": ("{added} for {cost}", "{added}（計{cost}）"),
    "options_common": ("Lost by all at once", "同時損失"),
    "options_ready": ("Ready in", "実現"),
    "options_pays": ("Who pays", "負担"),
    "options_caption": (
        "Avoided: of the expected shortage (loss times assumed yearly probability, {probability}). Worth: from the goods'"
        " value to their users' losses",
        "回避：供給不足の期待値（損失×想定確率、年{probability}）に対する割合とその範囲。効果：財の価値のみから利用者の損失すべ"
        "てまで",
    ),
    "options_worth_least": ("at least {low}", "{low}以上"),
    "options_ready_to": ("{first} to {last}", "{first}～{last}"),
    "options_nobody": ("nothing is bought", "購入なし"),
    "pays_above": (
        "Plans that pay only if users lose more than the goods' value: {n} of {all}.",
        "{all}計画中{n}計画は、利用者の損失が財の価値を超える場合にのみ見合う。",
    ),
    "caveat": (
        "It is worth little where all are cut at once ({items} of the loss).",
        "同時に失う場合、共同行動の効果は小さい：{items}。",
    ),
    "caveat_item": ("“{title}” {share}", "「{title}」では損失の{share}"),
    "caveat_none": (
        "Nothing is lost by all at once, so that one partner can help the other.",
        "同時に失われるものはなく、互いに助け合える。",
    ),
    "caveat_unknown": ("How much is lost by all at once is not known.", "同時に失われる割合は不明である。"),
    "measures": (
        "“{title}”: expected shortage {short} a year without a plan (trade of {year}); main measures: {items}.",
        "「{title}」：無策の場合の供給不足の期待値は年間{short}（{year}の貿易）。主な措置：{items}。",
    ),
    "measures_none": (
        "“{title}”: expected shortage {short} a year without a plan (trade of {year}).",
        "「{title}」：無策の場合の供給不足の期待値は年間{short}（{year}の貿易）。",
    ),
    "by_sharing": (
        "Of the {added} together, {sharing} come from sharing goods, the rest from pooled money.",
        "共同の{added}のうち物資の融通によるのは{sharing}、残りは資金の共同利用による。",
    ),
    "by_sharing_all": (
        "All of the {added} together come from sharing goods.",
        "共同の{added}はすべて物資の融通による。",
    ),
    "measure_item": ("{member} {lever} {products}", "{member}は{products}の{lever}"),
    "measure_product": ("{product} ({cost} a year)", "{product}（年間{cost}）"),
    "lever_stockpile": ("stocks", "備蓄"),
    "lever_diversify": ("buys elsewhere", "調達先の分散"),
    "lever_capacity": ("keeps stand-by capacity for", "予備設備"),
    "lever_pool": ("shares", "融通"),
    "sign": ("Who would sign, and what each adds to joint sanctions", "誰が署名し、制裁連合で各国は何を加えるか"),
    "sign_none": ("No proposal was put to a vote.", "採決にかけた提案はない。"),
    "sign_passes": ("“{title}” under {rule}: passes as it stands.", "「{title}」（{rule}）：原案のまま成立する。"),
    "sign_fails": (
        "“{title}” under {rule}{asof}: {who} of {n} members would not sign.",
        "「{title}」（{rule}{asof}）：{n}か国中、{who}は署名しない。",
    ),
    "sign_open": (
        "“{title}” under {rule}{asof}: open; the stance of {who} is not known.",
        "「{title}」（{rule}{asof}）：{who}の立場が不明で成否は決まらない。",
    ),
    "sign_as_of": (", data known on {day}", "、{day}時点のデータ"),
    "sign_with": (
        " With exemptions for {items}, it would pass with a probability of {probability} and still hit {hit} of the sales "
        "that it covers.",
        "{items}を適用除外とすれば{probability}の確率で成立し、対象となる輸出額の{hit}が引き続き禁輸となる。",
    ),
    "sign_no_way": (
        " No set of exemptions was found under which it passes.",
        "成立する適用除外の組合せは見つからない。",
    ),
    "sign_exempt": ("{who} ({product}{mode}{until})", "{who}（{mode}{product}{until}）"),
    "sign_until": (", to {day}", "、{day}まで"),
    "sign_no_end": (", without end", "、期限なし"),
    "coalition": (
        "“{title}”: {target} loses {first} of its real expenditure to {members} alone and {last} once {n} more have "
        "joined; the coalition itself loses {own}.",
        "「{title}」：{target}の実質支出の損失は{members}のみで{first}、さらに{n}か国・地域の参加後に{last}。連合自身の損"
        "失は{own}。",
    ),
    "coalition_member": (" {name}'s joining adds {points}.", "{name}の参加で{points}増える。"),
    "coalition_none": ("No coalition was asked for.", "連合は試算していない。"),
    "commitments": ("Commitments, and whether the partnership delivers", "約束とその履行状況"),
    "commitments_none": (
        "Missing: no commitments were given, so that whether the partnership delivers cannot be told.",
        "データなし：約束が登録されておらず、履行状況は分からない。",
    ),
    "commitments_count": (
        "{many}: {states}; overdue {overdue}{no_due}; signed by all {signed}.",
        "{many}：{states}。期限超過{overdue}件{no_due}、全パートナー署名済み{signed}件。",
    ),
    "commitments_no_due": (" ({n} of {open} open ones undated)", "（未完了{open}件のうち期限未定{n}件）"),
    "commitments_line": (
        "Whether it delivers {verdict}: {many}, {done} done, {overdue}{unknown}.",
        "履行は{verdict}：{many}のうち完了{done}件、{overdue}{unknown}。",
    ),
    "commitments_many": ("{n} commitments", "約束{n}件"),
    "commitments_one": ("1 commitment", "約束1件"),
    "no_indicator": ("none named", "指標なし"),
    "delivers_unknown": ("cannot be told", "判断できない"),
    "delivers_known": ("shows in its commitments", "次のとおり"),
    "overdue_count": ("{n} overdue", "期限超過{n}件"),
    "overdue_unknown": ("none with a due day", "期限は全て未定"),
    "commitments_unknown": (", {n} in a state not known", "、状況不明{n}件"),
    "commitments_line_none": (
        "Delivery is not known: no commitments were given.",
        "履行状況は不明（約束の登録なし）。",
    ),
    "state_item": ("{n} {state}", "{state}{n}件"),
    "commitments_caption": (
        "On {day}; overdue first, then by due date, then what is known",
        "{day}時点、期限超過、期限、判明した内容の順",
    ),
    "commitments_more": (
        "On {day}; overdue first, then by due date, then what is known; {n} of {all}",
        "{day}時点、期限超過、期限、判明した内容の順、{all}件中{n}件",
    ),
    "commitment": ("Commitment", "約束"),
    "owners": ("Owner", "担当"),
    "state": ("State", "状況と期限"),
    "indicator": ("Indicator", "指標"),
    "indicator_of": ("{title}, “{of}”", "「{of}」の{title}"),
    "indicator_said": ("{title}: {latest}, target {target}", "{title}：{latest}、目標{target}"),
    "no_target": ("not set", "未定"),
    "with_trend": ("{text} ({trend})", "{text}（{trend}）"),
    "overdue_by": ("{state}, {n} days overdue", "{state}、{n}日超過"),
    "state_due": ("{state}; due {day}", "{state}、期限{day}"),
    "state_no_due": ("{state}; no day", "{state}、期限未定"),
    "changes": ("What would change this advice", "この助言を変えうる想定"),
    "changes_plan": (
        "{name}: at {low} the plan against “{plan}” avoids {first}, at {high} {last}.",
        "{name}：{low}なら「{plan}」の計画は{first}、{high}なら{last}を回避。",
    ),
    "changes_plan_one": (
        "{name}: at {low} the plan against “{plan}” avoids {first}, as assumed {last}.",
        "{name}：{low}なら「{plan}」の計画は{first}、既定では{last}を回避。",
    ),
    "changes_days": (
        "Day by day: “{title}” costs {buyer} {loss} {variant}, not {default}.",
        "日次：「{title}」による{buyer}の損失は{variant}{loss}、既定では{default}。",
    ),
    "changes_prices": (
        "Once prices adjust: {buyer} loses {low} at the low, {high} at the high end of {name}.",
        "価格調整後：{name}が低い場合の{buyer}の損失は{low}、高い場合は{high}。",
    ),
    "changes_flip": (
        "At a probability of {low} a year, not {assumed}, the plan against “{plan}” costs more than it can be worth.",
        "年間確率が{assumed}でなく{low}なら「{plan}」の計画は効果の上限でも費用に見合わない。",
    ),
    "changes_none": ("No assumption moves the results by more than chance.", "結果を偶然以上に動かす想定はない。"),
    "how": ("How it was computed", "計算方法"),
    "how_table": (
        "Table {name} of {year}{estimated}; shares of today differ.",
        "表{name}（{year}）{estimated}。その後貿易は変化しており、現在の比率とは異なる。",
    ),
    "how_estimated": (
        ", of which {share} of the intermediate flows (those across borders) are estimates",
        "、中間取引の{share}（国境を越える分）は推計値",
    ),
    "how_trade": ("Product trade: {items}.", "品目別貿易：{items}。"),
    "how_trade_item": ("{years} ({n} products)", "{years}（{n}品目）"),
    "how_trade_none": ("Product trade: missing.", "品目別貿易：データなし。"),
    "how_models": (
        "Models: first order (Leontief, {draws} draws), day by day with stocks (Ario, {variants} variants), prices "
        "adjusted (Equilibrium, {priced} draws); a cheap input that nothing replaces can cost more than its value says.",
        "モデル：一次の試算（Leontief、{draws}回抽出）、在庫を含む日次（Ario、{variants}想定）、価格調整後（Equilibrium、"
        "{priced}回抽出）。安価でも代替のない投入の損失は金額以上になりうる。",
    ),
    "how_apart": (
        "Their ranges do not meet in {n} of {all} cases with a loss.",
        "損失のある{all}件のうち{n}件で範囲が重ならない。",
    ),
    "how_missing": ("No result: {items}.", "結果なし：{items}。"),
    "years": ("Supply chains of {year}{estimated}{trade}.", "供給網：{year}の表{estimated}{trade}。"),
    "years_estimated": (" (partly estimated)", "（一部推計）"),
    "years_trade": ("; products of {years}", "、品目：{years}"),
    "footer": (
        "interdep {version}, method {method}; run {hash}; data: {table} ({year}){trade}",
        "interdep {version}、手法{method}、計算{hash}、データ：{table}（{year}）{trade}",
    ),
    "footer_trade": (", {tables} ({years})", "、{tables}（{years}）"),
    "and": (" and ", "と"),
    "semicolon": ("; ", "、"),
    "colon": (": ", "："),
    "list": (", ", "、"),
    "space": (" ", ""),
    "head_supplier": ("Supplier", "供給元"),
    "head_buyer": ("Partner", "パートナー"),
    "head_direct": ("Direct", "直接"),
    "head_through": ("Through the chain", "供給網全体"),
    "head_industry": ("Industry", "産業"),
    "head_economy": ("Economy", "国・地域"),
    "head_day": ("Day", "日"),
    "head_loss": ("Loss", "損失"),
    "head_range": ("All variants", "全ケース"),
    "head_arrangement": ("Arrangement", "取り組み方"),
    "head_left": ("Expected shortage left", "残る供給不足"),
    "head_avoided": ("Avoided", "回避"),
    "head_joins": ("Joins", "参加"),
    "head_target": ("Lost by the target", "対象の損失"),
    "head_members": ("Lost by the coalition", "連合の損失"),
    "flows_behind": ("The eight largest suppliers of each, % of inputs", "それぞれの上位8供給元、投入比%"),
    "days_behind": ("% of a normal day's value added", "平常日の付加価値比%"),
    "hit_behind": ("% of a year's value added", "年間付加価値比%"),
    "plans_behind": ("Against “{title}”, a year", "「{title}」、年間"),
    "steps_behind": ("% of own real expenditure", "自らの実質支出比%"),
}  # fmt: skip
"""(English, Japanese) by what is said."""
