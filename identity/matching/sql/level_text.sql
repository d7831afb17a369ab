case
    when l.{x} is null or r.{x} is null then 0
    when l.{x} = r.{x} then 4 + l.{x}_rarity
    when jaro_winkler_similarity(l.{x}, r.{x}) < 0.7 then 1
    when jaro_winkler_similarity(l.{x}, r.{x}) >= 0.92
        or (length(l.{x}) >= 4 and damerau_levenshtein(l.{x}, r.{x}) <= 1) then 3
    when jaro_winkler_similarity(l.{x}, r.{x}) >= 0.8 then 2
    else 1
end
