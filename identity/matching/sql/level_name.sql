case
    when l_{x} is null or r_{x} is null then 0
    when l_{x} = r_{x} and length(l_{x}) = 1 then 2
    when l_{x} = r_{x} then 7 + l_{x}_rarity
    when {swapped} then 6
    when length(l_{x}) = 1 or length(r_{x}) = 1
        then case when left(l_{x}, 1) = left(r_{x}, 1) then 2 else 1 end
    when {short}
        or split_part(l_{x}, ' ', 1) = split_part(r_{x}, ' ', 1)
        or split_part(l_{x}, ' ', 2) = r_{x}
        or split_part(r_{x}, ' ', 2) = l_{x} then 5
    when jaro_winkler_similarity(l_{x}, r_{x}) < 0.7 then 1
    when jaro_winkler_similarity(l_{x}, r_{x}) >= 0.92
        or damerau_levenshtein(l_{x}, r_{x}) <= 1 then 4
    when jaro_winkler_similarity(l_{x}, r_{x}) >= 0.8 then 3
    else 1
end
