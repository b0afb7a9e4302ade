-- URLs that said that nothing will be taken there any more (HTTP 410), where no endpoint of ours
-- stands for them: what else is to go there is refused until somebody asks for another attempt.
CREATE TABLE gone (
    tenant INTEGER NOT NULL REFERENCES tenant,
    target TEXT    NOT NULL,
    answer TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (tenant, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX gone_by_age ON gone (at);

-- Relations that hold, in the order of their rows: a directory is gone through step by step.
CREATE INDEX relation_of_tenant ON relation (tenant) WHERE until IS NULL;
