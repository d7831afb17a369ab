case
    when l_{x} is null or r_{x} is null then 0
    when l_{x} = r_{x} then 7 - l_{x}_rarity
    when left(l_{x}, 4) = left(r_{x}, 4)
        and substr(l_{x}, 5, 2) = substr(r_{x}, 7, 2)
        and substr(l_{x}, 7, 2) = substr(r_{x}, 5, 2) then 5
    when cast(left(l_{x}, 4) = left(r_{x}, 4) as integer)
        + cast(substr(l_{x}, 5, 2) = substr(r_{x}, 5, 2) as integer)
        + cast(substr(l_{x}, 7, 2) = substr(r_{x}, 7, 2) as integer) = 2
        then case when damerau_levenshtein(l_{x}, r_{x}) <= 1 then 4 else 3 end
    when left(l_{x}, 4) = left(r_{x}, 4) then 2
    when substr(l_{x}, 5, 2) = substr(r_{x}, 5, 2)
        or substr(l_{x}, 7, 2) = substr(r_{x}, 7, 2)
        then case when damerau_levenshtein(l_{x}, r_{x}) <= 2 then 2 else 1 end
    else 1
end
