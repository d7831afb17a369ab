case
    when l.{x} is null or r.{x} is null then 0
    when l.{x} = r.{x} and length(l.{x}) = 1 then 2
    when l.{x} = r.{x} then 7 + l.{x}_rarity
    when {swapped} then 6
    when length(l.{x}) = 1 or length(r.{x}) = 1
        then case when left(l.{x}, 1) = left(r.{x}, 1) then 2 else 1 end
    when {short}
        or split_part(l.{x}, ' ', 1) = split_part(r.{x}, ' ', 1)
        or split_part(l.{x}, ' ', 2) = r.{x}
        or split_part(r.{x}, ' ', 2) = l.{x} then 5
    when jaro_winkler_similarity(l.{x}, r.{x}) < 0.7 then 1
    when jaro_winkler_similarity(l.{x}, r.{x}) >= 0.92
        or damerau_levenshtein(l.{x}, r.{x}) <= 1 then 4
    when jaro_winkler_similarity(l.{x}, r.{x}) >= 0.8 then 3
    else 1
end
