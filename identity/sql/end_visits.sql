-- End what is attached and would not be today. It stays, to be asked about.

update identity_attachedvisit as attached
set ended_at = greatest(%(at)s, attached.started_at + interval '1 microsecond')
where attached.ended_at is null
    and not exists (
        select from wanted_visits as wanted
        where wanted.event_id = attached.event_id
            and wanted.record_id = attached.record_id
    )
