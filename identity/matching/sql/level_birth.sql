case
    when l.{x} is null or r.{x} is null then 0
    when l.{x} = r.{x} then 7 - l.{x}_rarity
    when left(l.{x}, 4) = left(r.{x}, 4)
        and substr(l.{x}, 5, 2) = substr(r.{x}, 7, 2)
        and substr(l.{x}, 7, 2) = substr(r.{x}, 5, 2) then 5
    when cast(left(l.{x}, 4) = left(r.{x}, 4) as integer)
        + cast(substr(l.{x}, 5, 2) = substr(r.{x}, 5, 2) as integer)
        + cast(substr(l.{x}, 7, 2) = substr(r.{x}, 7, 2) as integer) = 2
        then case when damerau_levenshtein(l.{x}, r.{x}) <= 1 then 4 else 3 end
    when left(l.{x}, 4) = left(r.{x}, 4) then 2
    when substr(l.{x}, 5, 2) = substr(r.{x}, 5, 2)
        or substr(l.{x}, 7, 2) = substr(r.{x}, 7, 2)
        then case when damerau_levenshtein(l.{x}, r.{x}) <= 2 then 2 else 1 end
    else 1
end
