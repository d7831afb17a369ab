case
    when l_{x} is null or r_{x} is null then 0
    when l_{x} = r_{x} then 4 + l_{x}_rarity
    when jaro_winkler_similarity(l_{x}, r_{x}) < 0.7 then 1
    when jaro_winkler_similarity(l_{x}, r_{x}) >= 0.92
        or (length(l_{x}) >= 4 and damerau_levenshtein(l_{x}, r_{x}) <= 1) then 3
    when jaro_winkler_similarity(l_{x}, r_{x}) >= 0.8 then 2
    else 1
end
