-- Since when a change of an organisation's anchor waits: who becomes its main contact person proves a second
-- factor after that.
ALTER TABLE organisation_change ADD COLUMN planned_at BIGINT NOT NULL DEFAULT 0;
UPDATE organisation_change SET planned_at = starts_at - 604800000;
