-- Made of merging/_plan.py by ibis-framework 12.0.0, sqlglot 30.30.0; a test says how to make it anew.

-- name: as_read
SELECT
  *
FROM "part_tweets"

-- name: numbered
SELECT
  "t2"."platform",
  "t2"."tweet_id",
  "t2"."author_id",
  "t2"."origin",
  "t2"."at",
  "t2"."at_resolution_ms",
  "t2"."observed_at",
  "t2"."kind",
  "t2"."text",
  "t2"."lang",
  "t2"."hashtags",
  "t2"."hashtags_shown",
  "t2"."mentions",
  "t2"."urls",
  "t2"."media",
  "t2"."retweet_of",
  "t2"."retweet_author_id",
  "t2"."quote_of",
  "t2"."quote_author_id",
  "t2"."reply_to",
  "t2"."reply_author_id",
  "t2"."manual_retweet",
  "t2"."retweet_count",
  "t2"."followers",
  "t2"."longitude",
  "t2"."latitude",
  "t2"."place_name",
  "t2"."place_country",
  "t2"."cut",
  "t2"."source_file",
  "t2"."source_record" + COALESCE("t3"."records_before", 0) AS "source_record",
  "t2"."text_length",
  "t2"."place_id",
  "t2"."original_at",
  "t2"."row"
FROM "part_tweets" AS "t2"
LEFT OUTER JOIN "part_stretches" AS "t3"
  ON CAST(FLOOR((
    "t2"."row"
  ) / (
    1099511627776
  )) AS BIGINT) = "t3"."stretch"

-- name: gathered
SELECT
  "t1"."platform",
  "t1"."tweet_id",
  "t1"."author_id",
  "t1"."origin",
  "t1"."at",
  "t1"."at_resolution_ms",
  "t1"."observed_at",
  CASE WHEN "t14"."original" IS NOT NULL THEN 'retweet' ELSE 'tweet' END AS "kind",
  "t1"."text",
  "t1"."lang",
  COALESCE(
    LIST_APPLY(
      LIST_SORT("t14"."tags"),
      LAMBDA __ibis_param_each__ : (
        __ibis_param_each__
      )."object"
    ),
    []
  ) AS "hashtags",
  COALESCE(
    LIST_APPLY(
      LIST_SORT("t14"."tags"),
      LAMBDA __ibis_param_each__ : (
        __ibis_param_each__
      )."shown"
    ),
    []
  ) AS "hashtags_shown",
  "t1"."mentions",
  COALESCE(
    LIST_APPLY(
      LIST_SORT("t14"."links"),
      LAMBDA __ibis_param_each__ : (
        __ibis_param_each__
      )."object"
    ),
    []
  ) AS "urls",
  "t1"."media",
  "t14"."original" AS "retweet_of",
  "t1"."retweet_author_id",
  "t1"."quote_of",
  "t1"."quote_author_id",
  "t1"."reply_to",
  "t1"."reply_author_id",
  "t1"."manual_retweet",
  "t1"."retweet_count",
  "t1"."followers",
  "t1"."longitude",
  "t1"."latitude",
  "t1"."place_name",
  "t1"."place_country",
  "t1"."cut",
  "t1"."source_file",
  "t1"."source_record",
  "t1"."text_length",
  "t1"."place_id",
  "t14"."made" AS "original_at",
  "t1"."row"
FROM "part_shares" AS "t1"
SEMI JOIN (
  SELECT
    "t0"."platform",
    "t0"."tweet_id",
    (
      MIN(
        {'source_file': "t0"."source_file", 'source_record': "t0"."source_record", 'row': "t0"."row"}
      )
    )."row" AS "row"
  FROM "part_shares" AS "t0"
  GROUP BY
    1,
    2
) AS "t8"
  ON "t1"."row" = "t8"."row"
LEFT OUTER JOIN (
  SELECT
    "t12"."platform",
    "t12"."tweet_id",
    MAX("t12"."object") FILTER(WHERE
      (
        "t12"."what" = 'retweet'
      ) AND (
        "t12"."nth" = 0
      )) AS "original",
    MAX("t12"."original_at") FILTER(WHERE
      (
        "t12"."what" = 'retweet'
      ) AND (
        "t12"."nth" = 0
      )) AS "made",
    ARRAY_AGG({'object': "t12"."object", 'shown': "t12"."shown"}) FILTER(WHERE
      {'object': "t12"."object", 'shown': "t12"."shown"} IS NOT NULL
      AND (
        "t12"."what" <> 'hashtag'
      )
      AND NOT (
        (
          "t12"."what" = 'retweet'
        ) AND (
          "t12"."nth" = 0
        )
      )) AS "links",
    ARRAY_AGG({'object': "t12"."object", 'shown': "t12"."shown"}) FILTER(WHERE
      {'object': "t12"."object", 'shown': "t12"."shown"} IS NOT NULL
      AND "t12"."what" = 'hashtag') AS "tags"
  FROM (
    SELECT
      "t11"."platform",
      "t11"."tweet_id",
      "t11"."what",
      "t11"."object",
      "t11"."shown",
      "t11"."original_at",
      "t11"."source_file",
      "t11"."source_record",
      "t11"."row",
      ROW_NUMBER() OVER (
        PARTITION BY "t11"."platform", "t11"."tweet_id", "t11"."what"
        ORDER BY LENGTH("t11"."object") ASC, "t11"."object" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "nth"
    FROM (
      SELECT
        "t10"."platform",
        "t10"."tweet_id",
        "t10"."what",
        "t10"."object",
        "t10"."shown",
        "t10"."original_at",
        "t10"."first"."source_file" AS "source_file",
        "t10"."first"."source_record" AS "source_record",
        "t10"."first"."row" AS "row"
      FROM (
        SELECT
          "t9"."platform",
          "t9"."tweet_id",
          "t9"."what",
          "t9"."object",
          MAX("t9"."original_at") AS "original_at",
          MIN("t9"."shown") AS "shown",
          MIN(
            {'source_file': "t9"."source_file", 'source_record': "t9"."source_record", 'row': "t9"."row"}
          ) AS "first"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t0"."platform",
                "t0"."tweet_id",
                "t0"."source_file",
                "t0"."source_record",
                "t0"."row",
                "t0"."original_at",
                'hashtag' AS "what",
                UNNEST("t0"."hashtags") AS "object",
                UNNEST("t0"."hashtags_shown") AS "shown"
              FROM "part_shares" AS "t0"
            ) AS "t3"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  "t0"."platform",
                  "t0"."tweet_id",
                  "t0"."source_file",
                  "t0"."source_record",
                  "t0"."row",
                  "t0"."original_at",
                  'retweet' AS "what",
                  "t0"."retweet_of" AS "object",
                  "t0"."retweet_of" AS "shown"
                FROM "part_shares" AS "t0"
              ) AS "t2"
              UNION ALL
              SELECT
                *
              FROM (
                SELECT
                  "t0"."platform",
                  "t0"."tweet_id",
                  "t0"."source_file",
                  "t0"."source_record",
                  "t0"."row",
                  "t0"."original_at",
                  'url' AS "what",
                  UNNEST("t0"."urls") AS "object",
                  UNNEST("t0"."urls") AS "shown"
                FROM "part_shares" AS "t0"
              ) AS "t4"
            ) AS "t5"
          ) AS "t7"
          WHERE
            "t7"."object" IS NOT NULL
        ) AS "t9"
        GROUP BY
          1,
          2,
          3,
          4
      ) AS "t10"
    ) AS "t11"
  ) AS "t12"
  GROUP BY
    1,
    2
) AS "t14"
  ON "t1"."platform" = "t14"."platform" AND "t1"."tweet_id" = "t14"."tweet_id"

-- name: with_gathered
SELECT
  *
FROM (
  SELECT
    "t3"."platform",
    "t3"."tweet_id",
    "t3"."author_id",
    "t3"."origin",
    "t3"."at",
    "t3"."at_resolution_ms",
    "t3"."observed_at",
    "t3"."kind",
    "t3"."text",
    "t3"."lang",
    "t3"."hashtags",
    "t3"."hashtags_shown",
    "t3"."mentions",
    "t3"."urls",
    "t3"."media",
    "t3"."retweet_of",
    "t3"."retweet_author_id",
    "t3"."quote_of",
    "t3"."quote_author_id",
    "t3"."reply_to",
    "t3"."reply_author_id",
    "t3"."manual_retweet",
    "t3"."retweet_count",
    "t3"."followers",
    "t3"."longitude",
    "t3"."latitude",
    "t3"."place_name",
    "t3"."place_country",
    "t3"."cut",
    "t3"."source_file",
    "t3"."source_record" + COALESCE("t4"."records_before", 0) AS "source_record",
    "t3"."text_length",
    "t3"."place_id",
    "t3"."original_at",
    "t3"."row"
  FROM "part_tweets" AS "t3"
  LEFT OUTER JOIN "part_stretches" AS "t4"
    ON CAST(FLOOR((
      "t3"."row"
    ) / (
      1099511627776
    )) AS BIGINT) = "t4"."stretch"
) AS "t5"
UNION ALL
SELECT
  *
FROM "gathered" AS "t0"

-- name: with_shares
SELECT
  *
FROM (
  SELECT
    "t3"."platform",
    "t3"."tweet_id",
    "t3"."author_id",
    "t3"."origin",
    "t3"."at",
    "t3"."at_resolution_ms",
    "t3"."observed_at",
    "t3"."kind",
    "t3"."text",
    "t3"."lang",
    "t3"."hashtags",
    "t3"."hashtags_shown",
    "t3"."mentions",
    "t3"."urls",
    "t3"."media",
    "t3"."retweet_of",
    "t3"."retweet_author_id",
    "t3"."quote_of",
    "t3"."quote_author_id",
    "t3"."reply_to",
    "t3"."reply_author_id",
    "t3"."manual_retweet",
    "t3"."retweet_count",
    "t3"."followers",
    "t3"."longitude",
    "t3"."latitude",
    "t3"."place_name",
    "t3"."place_country",
    "t3"."cut",
    "t3"."source_file",
    "t3"."source_record" + COALESCE("t4"."records_before", 0) AS "source_record",
    "t3"."text_length",
    "t3"."place_id",
    "t3"."original_at",
    "t3"."row"
  FROM "part_tweets" AS "t3"
  LEFT OUTER JOIN "part_stretches" AS "t4"
    ON CAST(FLOOR((
      "t3"."row"
    ) / (
      1099511627776
    )) AS BIGINT) = "t4"."stretch"
) AS "t5"
UNION ALL
SELECT
  *
FROM "part_shares" AS "t0"

-- name: kinds
SELECT DISTINCT
  "t0"."kind"
FROM "part_notices" AS "t0"

-- name: rejects
SELECT
  *
FROM "part_rejects" AS "t0"
ORDER BY
  "t0"."source_file" ASC,
  "t0"."source_record" ASC,
  "t0"."reason" ASC,
  "t0"."detail" ASC

-- name: follows
SELECT
  "t1"."follower_id",
  "t1"."followed_id"
FROM (
  SELECT
    "t0"."follower_id",
    "t0"."followed_id",
    MIN("t0"."source_file") AS "source_file"
  FROM "part_follows" AS "t0"
  GROUP BY
    1,
    2
) AS "t1"
ORDER BY
  "t1"."follower_id" ASC,
  "t1"."followed_id" ASC

-- name: following
SELECT
  "t1"."source_file",
  COUNT(*) AS "rows"
FROM (
  SELECT
    "t0"."follower_id",
    "t0"."followed_id",
    MIN("t0"."source_file") AS "source_file"
  FROM "part_follows" AS "t0"
  GROUP BY
    1,
    2
) AS "t1"
GROUP BY
  1

-- name: self_follows
SELECT
  COUNT(DISTINCT "t1"."follower_id") AS "rows"
FROM (
  SELECT
    *
  FROM "part_follows" AS "t0"
  WHERE
    "t0"."follower_id" = "t0"."followed_id"
) AS "t1"

-- name: closed
SELECT
  'delete' AS "kind",
  "t6"."tweet_id",
  CAST(NULL AS TEXT) AS "user_id",
  "t6"."platform"
FROM (
  SELECT DISTINCT
    *
  FROM (
    SELECT
      "t2"."platform",
      "t2"."tweet_id"
    FROM "rows" AS "t2"
    SEMI JOIN (
      SELECT DISTINCT
        "t1"."platform",
        "t1"."user_id" AS "author_id"
      FROM "part_notices" AS "t1"
      WHERE
        "t1"."kind" = 'closed'
    ) AS "t4"
      ON "t2"."platform" = "t4"."platform" AND "t2"."author_id" = "t4"."author_id"
  ) AS "t5"
) AS "t6"

-- name: names
SELECT
  "t10"."name",
  "t10"."user_id"
FROM (
  SELECT
    "t9"."platform",
    "t9"."user_id",
    "t9"."screen_name",
    "t9"."screen_names",
    "t9"."name",
    "t9"."description",
    "t9"."location",
    "t9"."time_zone",
    "t9"."utc_offset_s",
    "t9"."lang",
    "t9"."followers",
    "t9"."created_at",
    "t9"."verified",
    "t9"."first_seen",
    "t9"."last_seen",
    "t9"."name_key",
    (
      ROW_NUMBER() OVER (
        PARTITION BY "t9"."name"
        ORDER BY COALESCE(
          "t9"."last_seen",
          CAST(MAKE_TIMESTAMPTZ(1970, 1, 1, 0, 0, 0.0, 'UTC') AS TIMESTAMPTZ)
        ) DESC, "t9"."user_id" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1
    ) = 0 AS "is_last"
  FROM (
    SELECT
      "t5"."platform",
      "t5"."user_id",
      "t5"."screen_name",
      "t5"."screen_names",
      "t5"."name",
      "t5"."description",
      "t5"."location",
      "t5"."time_zone",
      "t5"."utc_offset_s",
      "t5"."lang",
      "t5"."followers",
      "t5"."created_at",
      "t5"."verified",
      "t5"."first_seen",
      "t5"."last_seen",
      "t5"."name_key"
    FROM (
      SELECT
        "t0"."platform",
        "t0"."user_id",
        "t0"."screen_name",
        "t0"."screen_names",
        'name:' || "t0"."name_key" AS "name",
        "t0"."description",
        "t0"."location",
        "t0"."time_zone",
        "t0"."utc_offset_s",
        "t0"."lang",
        "t0"."followers",
        "t0"."created_at",
        "t0"."verified",
        "t0"."first_seen",
        "t0"."last_seen",
        "t0"."name_key"
      FROM "part_users" AS "t0"
      WHERE
        "t0"."name_key" IS NOT NULL
    ) AS "t5"
    SEMI JOIN (
      SELECT DISTINCT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            UNNEST("t1"."mentions") AS "name"
          FROM "rows" AS "t1"
        ) AS "t4"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t1"."retweet_author_id" AS "name"
          FROM "rows" AS "t1"
        ) AS "t2"
      ) AS "t6"
      WHERE
        STARTS_WITH("t6"."name", 'name:')
    ) AS "t8"
      ON "t5"."name" = "t8"."name"
  ) AS "t9"
) AS "t10"
WHERE
  "t10"."is_last"

-- name: ranks
WITH "t8" AS (
  SELECT
    "t7"."platform",
    "t7"."tweet_id",
    COUNT(*) AS "records",
    MIN("t7"."row") AS "row",
    MAX("t7"."retweet_count") AS "known_count"
  FROM (
    SELECT
      "t2"."platform",
      "t2"."tweet_id",
      "t2"."author_id",
      "t2"."origin",
      "t2"."at",
      "t2"."at_resolution_ms",
      "t2"."observed_at",
      "t2"."kind",
      "t2"."text",
      "t2"."lang",
      "t2"."hashtags",
      "t2"."hashtags_shown",
      "t2"."mentions",
      "t2"."urls",
      "t2"."media",
      "t2"."retweet_of",
      "t2"."retweet_author_id",
      "t2"."quote_of",
      "t2"."quote_author_id",
      "t2"."reply_to",
      "t2"."reply_author_id",
      "t2"."manual_retweet",
      "t2"."retweet_count",
      "t2"."followers",
      "t2"."longitude",
      "t2"."latitude",
      "t2"."place_name",
      "t2"."place_country",
      "t2"."cut",
      "t2"."source_file",
      "t2"."source_record",
      "t2"."text_length",
      "t2"."place_id",
      "t2"."original_at",
      "t2"."row"
    FROM "rows" AS "t2"
    ANTI JOIN (
      SELECT DISTINCT
        "t1"."platform",
        "t1"."tweet_id"
      FROM "part_notices" AS "t1"
      WHERE
        "t1"."kind" = 'delete' AND "t1"."tweet_id" IS NOT NULL
    ) AS "t6"
      ON "t2"."platform" = "t6"."platform" AND "t2"."tweet_id" = "t6"."tweet_id"
  ) AS "t7"
  GROUP BY
    1,
    2
)
SELECT
  "t17"."row",
  "t17"."known_count",
  "t17"."best_row",
  "t4"."platform",
  "t4"."tweet_id",
  "t4"."author_id",
  "t4"."origin",
  "t4"."at",
  "t4"."retweet_of",
  "t4"."retweet_author_id",
  "t4"."quote_of",
  "t4"."reply_to",
  "t4"."retweet_count",
  "t4"."original_at",
  "t4"."source_file",
  "t4"."source_record"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t14"."first"."row" AS "row",
      "t14"."known_count",
      "t14"."best"."row" AS "best_row"
    FROM (
      SELECT
        "t13"."platform",
        "t13"."tweet_id",
        MIN(
          {'origin': CAST("t13"."origin" <> 'collected' AS TINYINT), 'cut': CAST("t13"."cut" AS TINYINT), 'shortness': -(
            "t13"."text_length"
          ), 'age_us': DATE_DIFF(
            'MICROSECOND',
            COALESCE(
              "t13"."observed_at",
              CAST(MAKE_TIMESTAMPTZ(1970, 1, 1, 0, 0, 0.0, 'UTC') AS TIMESTAMPTZ)
            ),
            CAST(MAKE_TIMESTAMPTZ(1970, 1, 1, 0, 0, 0.0, 'UTC') AS TIMESTAMPTZ)
          ), 'fewness': -(
            COALESCE("t13"."retweet_count", -1)
          ), 'source_file': "t13"."source_file", 'source_record': "t13"."source_record", 'row': "t13"."row"}
        ) AS "first",
        MIN(
          {'cut': CAST("t13"."cut" AS TINYINT), 'shortness': -(
            "t13"."text_length"
          ), 'origin': CAST("t13"."origin" <> 'collected' AS TINYINT), 'age_us': DATE_DIFF(
            'MICROSECOND',
            COALESCE(
              "t13"."observed_at",
              CAST(MAKE_TIMESTAMPTZ(1970, 1, 1, 0, 0, 0.0, 'UTC') AS TIMESTAMPTZ)
            ),
            CAST(MAKE_TIMESTAMPTZ(1970, 1, 1, 0, 0, 0.0, 'UTC') AS TIMESTAMPTZ)
          ), 'fewness': -(
            COALESCE("t13"."retweet_count", -1)
          ), 'source_file': "t13"."source_file", 'source_record': "t13"."source_record", 'row': "t13"."row"}
        ) AS "best",
        MAX("t13"."retweet_count") AS "known_count"
      FROM (
        SELECT
          "t2"."platform",
          "t2"."tweet_id",
          "t2"."author_id",
          "t2"."origin",
          "t2"."at",
          "t2"."at_resolution_ms",
          "t2"."observed_at",
          "t2"."kind",
          "t2"."text",
          "t2"."lang",
          "t2"."hashtags",
          "t2"."hashtags_shown",
          "t2"."mentions",
          "t2"."urls",
          "t2"."media",
          "t2"."retweet_of",
          "t2"."retweet_author_id",
          "t2"."quote_of",
          "t2"."quote_author_id",
          "t2"."reply_to",
          "t2"."reply_author_id",
          "t2"."manual_retweet",
          "t2"."retweet_count",
          "t2"."followers",
          "t2"."longitude",
          "t2"."latitude",
          "t2"."place_name",
          "t2"."place_country",
          "t2"."cut",
          "t2"."source_file",
          "t2"."source_record",
          "t2"."text_length",
          "t2"."place_id",
          "t2"."original_at",
          "t2"."row"
        FROM "rows" AS "t2"
        ANTI JOIN (
          SELECT DISTINCT
            "t1"."platform",
            "t1"."tweet_id"
          FROM "part_notices" AS "t1"
          WHERE
            "t1"."kind" = 'delete' AND "t1"."tweet_id" IS NOT NULL
        ) AS "t6"
          ON "t2"."platform" = "t6"."platform" AND "t2"."tweet_id" = "t6"."tweet_id"
        SEMI JOIN (
          SELECT
            "t9"."platform",
            "t9"."tweet_id"
          FROM "t8" AS "t9"
          WHERE
            "t9"."records" > 1
        ) AS "t12"
          ON "t2"."platform" = "t12"."platform" AND "t2"."tweet_id" = "t12"."tweet_id"
      ) AS "t13"
      GROUP BY
        1,
        2
    ) AS "t14"
  ) AS "t15"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t9"."row",
      "t9"."known_count",
      "t9"."row" AS "best_row"
    FROM "t8" AS "t9"
    WHERE
      "t9"."records" = 1
  ) AS "t10"
) AS "t17"
INNER JOIN (
  SELECT
    "t0"."platform",
    "t0"."tweet_id",
    "t0"."author_id",
    "t0"."origin",
    "t0"."at",
    "t0"."retweet_of",
    "t0"."retweet_author_id",
    "t0"."quote_of",
    "t0"."reply_to",
    "t0"."retweet_count",
    "t0"."original_at",
    "t0"."source_file",
    "t0"."source_record",
    "t0"."row"
  FROM "rows" AS "t0"
) AS "t4"
  ON "t17"."row" = "t4"."row"

-- name: links
SELECT
  "t16"."row",
  "t9"."best_row",
  "t10"."retweet_of_writer",
  "t11"."quote_of_writer",
  "t12"."reply_to_writer",
  GREATEST(
    COALESCE("t16"."known_count", "t20"."told_count"),
    COALESCE("t20"."told_count", "t16"."known_count")
  ) AS "reported"
FROM (
  SELECT
    "t3"."row",
    "t3"."known_count",
    "t3"."platform",
    "t3"."tweet_id",
    "t3"."author_id",
    "t3"."origin",
    "t3"."at",
    "t3"."retweet_of",
    "t3"."retweet_author_id",
    "t3"."quote_of",
    "t3"."reply_to",
    "t3"."retweet_count",
    "t3"."original_at",
    "t3"."source_file",
    "t3"."source_record",
    COALESCE("t3"."retweet_of", "t3"."tweet_id") AS "said_id"
  FROM (
    SELECT
      "t0".*
      EXCLUDE ("best_row")
    FROM "ranks" AS "t0"
  ) AS "t3"
) AS "t16"
LEFT OUTER JOIN (
  SELECT
    "t0"."platform",
    "t0"."best_row",
    "t0"."tweet_id" AS "said_id"
  FROM "ranks" AS "t0"
) AS "t9"
  ON "t16"."platform" = "t9"."platform" AND "t16"."said_id" = "t9"."said_id"
LEFT OUTER JOIN (
  SELECT
    "t0"."platform",
    "t0"."tweet_id" AS "retweet_of",
    "t0"."author_id" AS "retweet_of_writer"
  FROM "ranks" AS "t0"
) AS "t10"
  ON "t16"."platform" = "t10"."platform" AND "t16"."retweet_of" = "t10"."retweet_of"
LEFT OUTER JOIN (
  SELECT
    "t0"."platform",
    "t0"."tweet_id" AS "quote_of",
    "t0"."author_id" AS "quote_of_writer"
  FROM "ranks" AS "t0"
) AS "t11"
  ON "t16"."platform" = "t11"."platform" AND "t16"."quote_of" = "t11"."quote_of"
LEFT OUTER JOIN (
  SELECT
    "t0"."platform",
    "t0"."tweet_id" AS "reply_to",
    "t0"."author_id" AS "reply_to_writer"
  FROM "ranks" AS "t0"
) AS "t12"
  ON "t16"."platform" = "t12"."platform" AND "t16"."reply_to" = "t12"."reply_to"
LEFT OUTER JOIN (
  SELECT
    "t18"."platform",
    "t18"."retweet_of" AS "tweet_id",
    MAX("t18"."retweet_count") AS "told_count"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t4"."platform",
        "t4"."tweet_id",
        "t4"."author_id",
        "t4"."origin",
        "t4"."at",
        "t4"."at_resolution_ms",
        "t4"."observed_at",
        "t4"."kind",
        "t4"."text",
        "t4"."lang",
        "t4"."hashtags",
        "t4"."hashtags_shown",
        "t4"."mentions",
        "t4"."urls",
        "t4"."media",
        "t4"."retweet_of",
        "t4"."retweet_author_id",
        "t4"."quote_of",
        "t4"."quote_author_id",
        "t4"."reply_to",
        "t4"."reply_author_id",
        "t4"."manual_retweet",
        "t4"."retweet_count",
        "t4"."followers",
        "t4"."longitude",
        "t4"."latitude",
        "t4"."place_name",
        "t4"."place_country",
        "t4"."cut",
        "t4"."source_file",
        "t4"."source_record",
        "t4"."text_length",
        "t4"."place_id",
        "t4"."original_at",
        "t4"."row"
      FROM "rows" AS "t4"
      ANTI JOIN (
        SELECT DISTINCT
          "t2"."platform",
          "t2"."tweet_id"
        FROM "part_notices" AS "t2"
        WHERE
          "t2"."kind" = 'delete' AND "t2"."tweet_id" IS NOT NULL
      ) AS "t15"
        ON "t4"."platform" = "t15"."platform" AND "t4"."tweet_id" = "t15"."tweet_id"
    ) AS "t17"
    WHERE
      "t17"."retweet_of" IS NOT NULL
  ) AS "t18"
  GROUP BY
    1,
    2
) AS "t20"
  ON "t16"."platform" = "t20"."platform" AND "t16"."tweet_id" = "t20"."tweet_id"

-- name: stubs
SELECT
  "t6"."platform",
  "t6"."retweet_of",
  MIN("t6"."retweet_author_id") AS "author_id",
  MAX("t6"."original_at") AS "at",
  MAX("t6"."retweet_count") AS "reported",
  MAX("t6"."source_file") FILTER(WHERE
    "t6"."is_first") AS "source_file",
  MAX("t6"."source_record") FILTER(WHERE
    "t6"."is_first") AS "source_record"
FROM (
  SELECT
    "t5"."row",
    "t5"."known_count",
    "t5"."best_row",
    "t5"."platform",
    "t5"."tweet_id",
    "t5"."author_id",
    "t5"."origin",
    "t5"."at",
    "t5"."retweet_of",
    "t5"."retweet_author_id",
    "t5"."quote_of",
    "t5"."reply_to",
    "t5"."retweet_count",
    "t5"."original_at",
    "t5"."source_file",
    "t5"."source_record",
    (
      ROW_NUMBER() OVER (
        PARTITION BY "t5"."platform", "t5"."retweet_of"
        ORDER BY "t5"."source_file" ASC, "t5"."source_record" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1
    ) = 0 AS "is_first"
  FROM (
    SELECT
      "t4"."row",
      "t4"."known_count",
      "t4"."best_row",
      "t4"."platform",
      "t4"."tweet_id",
      "t4"."author_id",
      "t4"."origin",
      "t4"."at",
      "t4"."retweet_of",
      "t4"."retweet_author_id",
      "t4"."quote_of",
      "t4"."reply_to",
      "t4"."retweet_count",
      "t4"."original_at",
      "t4"."source_file",
      "t4"."source_record"
    FROM (
      SELECT
        *
      FROM "ranks" AS "t0"
      WHERE
        "t0"."original_at" IS NOT NULL
    ) AS "t4"
    ANTI JOIN (
      SELECT
        "t0"."platform",
        "t0"."tweet_id" AS "retweet_of"
      FROM "ranks" AS "t0"
    ) AS "t2"
      ON "t4"."platform" = "t2"."platform" AND "t4"."retweet_of" = "t2"."retweet_of"
  ) AS "t5"
) AS "t6"
GROUP BY
  1,
  2

-- name: tweets
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t5"."platform",
      "t5"."tweet_id",
      "t5"."author_id",
      "t5"."origin",
      "t5"."at",
      "t5"."at_resolution_ms",
      "t5"."observed_at",
      "t5"."kind",
      CASE WHEN "t17"."best_text" IS NOT NULL THEN "t17"."best_text" ELSE "t5"."text" END AS "text",
      COALESCE("t17"."best_lang", "t5"."lang") AS "lang",
      CASE
        WHEN "t17"."best_text" IS NOT NULL
        THEN "t17"."best_hashtags"
        ELSE "t5"."hashtags"
      END AS "hashtags",
      CASE
        WHEN "t17"."best_text" IS NOT NULL
        THEN "t17"."best_hashtags_shown"
        ELSE "t5"."hashtags_shown"
      END AS "hashtags_shown",
      CASE
        WHEN (
          "t5"."retweet_of" IS NULL
        ) AND (
          "t6"."best_row" <> "t5"."row"
        )
        THEN "t17"."best_mentions"
        ELSE "t5"."mentions"
      END AS "mentions",
      CASE WHEN "t17"."best_text" IS NOT NULL THEN "t17"."best_urls" ELSE "t5"."urls" END AS "urls",
      CASE
        WHEN "t17"."best_text" IS NOT NULL
        THEN "t17"."best_media"
        ELSE "t5"."media"
      END AS "media",
      "t5"."retweet_of",
      COALESCE(
        "t6"."retweet_of_writer",
        CASE
          WHEN (
            "t5"."retweet_of" IS NULL
          ) AND (
            "t6"."best_row" <> "t5"."row"
          )
          THEN "t17"."best_retweet_author_id"
          ELSE "t5"."retweet_author_id"
        END
      ) AS "retweet_author_id",
      "t5"."quote_of",
      COALESCE("t5"."quote_author_id", "t6"."quote_of_writer") AS "quote_author_id",
      "t5"."reply_to",
      COALESCE("t5"."reply_author_id", "t6"."reply_to_writer") AS "reply_author_id",
      CASE
        WHEN (
          "t5"."retweet_of" IS NULL
        ) AND (
          "t6"."best_row" <> "t5"."row"
        )
        THEN "t17"."best_manual_retweet"
        ELSE "t5"."manual_retweet"
      END AS "manual_retweet",
      "t6"."reported" AS "retweet_count",
      COALESCE("t5"."followers", "t14"."known_followers") AS "followers",
      "t5"."longitude",
      "t5"."latitude",
      COALESCE("t5"."place_name", "t15"."known_name") AS "place_name",
      COALESCE("t5"."place_country", "t15"."known_country") AS "place_country",
      CASE WHEN "t17"."best_text" IS NOT NULL THEN "t17"."best_cut" ELSE "t5"."cut" END AS "cut",
      "t5"."source_file",
      "t5"."source_record"
    FROM "rows" AS "t5"
    INNER JOIN "links" AS "t6"
      ON "t5"."row" = "t6"."row"
    LEFT OUTER JOIN (
      SELECT
        "t9"."best_row",
        "t9"."best_text",
        "t9"."best_hashtags",
        "t9"."best_hashtags_shown",
        "t9"."best_urls",
        "t9"."best_media",
        "t9"."best_cut",
        "t9"."best_mentions",
        "t9"."best_manual_retweet",
        "t9"."best_retweet_author_id",
        "t9"."best_lang"
      FROM (
        SELECT
          "t1"."row" AS "best_row",
          "t1"."text" AS "best_text",
          "t1"."hashtags" AS "best_hashtags",
          "t1"."hashtags_shown" AS "best_hashtags_shown",
          "t1"."urls" AS "best_urls",
          "t1"."media" AS "best_media",
          "t1"."cut" AS "best_cut",
          "t1"."mentions" AS "best_mentions",
          "t1"."manual_retweet" AS "best_manual_retweet",
          "t1"."retweet_author_id" AS "best_retweet_author_id",
          "t1"."lang" AS "best_lang"
        FROM "rows" AS "t1"
      ) AS "t9"
      SEMI JOIN (
        SELECT
          *
        FROM "links" AS "t2"
        WHERE
          "t2"."best_row" <> "t2"."row"
      ) AS "t13"
        ON "t9"."best_row" = "t13"."best_row"
    ) AS "t17"
      ON "t6"."best_row" = "t17"."best_row"
    LEFT OUTER JOIN (
      SELECT
        "t3"."platform",
        "t3"."user_id" AS "author_id",
        MAX("t3"."followers") AS "known_followers"
      FROM "part_users" AS "t3"
      GROUP BY
        1,
        2
    ) AS "t14"
      ON "t5"."platform" = "t14"."platform" AND "t5"."author_id" = "t14"."author_id"
    LEFT OUTER JOIN (
      SELECT
        "t4"."place_id",
        MAX("t4"."place_name") AS "known_name",
        MAX("t4"."place_country") AS "known_country"
      FROM "part_places" AS "t4"
      GROUP BY
        1
    ) AS "t15"
      ON "t5"."place_id" = "t15"."place_id"
  ) AS "t18"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t0"."platform",
      "t0"."retweet_of" AS "tweet_id",
      "t0"."author_id",
      'stub' AS "origin",
      "t0"."at",
      CAST(1 AS INT) AS "at_resolution_ms",
      CAST(NULL AS TIMESTAMPTZ) AS "observed_at",
      'tweet' AS "kind",
      CAST(NULL AS TEXT) AS "text",
      CAST(NULL AS TEXT) AS "lang",
      [] AS "hashtags",
      [] AS "hashtags_shown",
      [] AS "mentions",
      [] AS "urls",
      [] AS "media",
      CAST(NULL AS TEXT) AS "retweet_of",
      CAST(NULL AS TEXT) AS "retweet_author_id",
      CAST(NULL AS TEXT) AS "quote_of",
      CAST(NULL AS TEXT) AS "quote_author_id",
      CAST(NULL AS TEXT) AS "reply_to",
      CAST(NULL AS TEXT) AS "reply_author_id",
      FALSE AS "manual_retweet",
      "t0"."reported" AS "retweet_count",
      CAST(NULL AS BIGINT) AS "followers",
      CAST(NULL AS DOUBLE) AS "longitude",
      CAST(NULL AS DOUBLE) AS "latitude",
      CAST(NULL AS TEXT) AS "place_name",
      CAST(NULL AS TEXT) AS "place_country",
      FALSE AS "cut",
      "t0"."source_file",
      "t0"."source_record"
    FROM "stubs" AS "t0"
  ) AS "t8"
) AS "t19"
ORDER BY
  "t19"."at" ASC,
  "t19"."tweet_id" ASC,
  "t19"."platform" ASC

-- name: noticed_tweets
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t27"."platform",
      "t27"."tweet_id",
      "t27"."author_id",
      "t27"."origin",
      "t27"."at",
      "t27"."at_resolution_ms",
      "t27"."observed_at",
      "t27"."kind",
      CASE WHEN "t20"."gone_id" IS NULL THEN "t27"."text" ELSE NULL END AS "text",
      CASE WHEN "t20"."gone_id" IS NULL THEN "t27"."lang" ELSE NULL END AS "lang",
      CASE WHEN "t20"."gone_id" IS NULL THEN "t27"."hashtags" ELSE [] END AS "hashtags",
      CASE WHEN "t20"."gone_id" IS NULL THEN "t27"."hashtags_shown" ELSE [] END AS "hashtags_shown",
      "t27"."mentions",
      CASE WHEN "t20"."gone_id" IS NULL THEN "t27"."urls" ELSE [] END AS "urls",
      CASE WHEN "t20"."gone_id" IS NULL THEN "t27"."media" ELSE [] END AS "media",
      "t27"."retweet_of",
      "t27"."retweet_author_id",
      "t27"."quote_of",
      "t27"."quote_author_id",
      "t27"."reply_to",
      "t27"."reply_author_id",
      "t27"."manual_retweet",
      "t27"."retweet_count",
      "t27"."followers",
      CASE
        WHEN (
          "t22"."up_to" IS NULL
        )
        OR (
          "t27"."platform" <> 'twitter'
        )
        OR (
          TRY_CAST("t27"."tweet_id" AS DECIMAL(20, 0)) > "t22"."up_to"
        )
        THEN "t27"."longitude"
        ELSE NULL
      END AS "longitude",
      CASE
        WHEN (
          "t22"."up_to" IS NULL
        )
        OR (
          "t27"."platform" <> 'twitter'
        )
        OR (
          TRY_CAST("t27"."tweet_id" AS DECIMAL(20, 0)) > "t22"."up_to"
        )
        THEN "t27"."latitude"
        ELSE NULL
      END AS "latitude",
      CASE
        WHEN (
          "t22"."up_to" IS NULL
        )
        OR (
          "t27"."platform" <> 'twitter'
        )
        OR (
          TRY_CAST("t27"."tweet_id" AS DECIMAL(20, 0)) > "t22"."up_to"
        )
        THEN "t27"."place_name"
        ELSE NULL
      END AS "place_name",
      CASE
        WHEN (
          "t22"."up_to" IS NULL
        )
        OR (
          "t27"."platform" <> 'twitter'
        )
        OR (
          TRY_CAST("t27"."tweet_id" AS DECIMAL(20, 0)) > "t22"."up_to"
        )
        THEN "t27"."place_country"
        ELSE NULL
      END AS "place_country",
      "t27"."cut" OR NOT (
        "t20"."gone_id" IS NULL
      ) AS "cut",
      "t27"."source_file",
      "t27"."source_record"
    FROM (
      SELECT
        "t25"."platform",
        "t25"."tweet_id",
        "t25"."author_id",
        "t25"."origin",
        "t25"."at",
        "t25"."at_resolution_ms",
        "t25"."observed_at",
        "t25"."kind",
        CASE WHEN "t25"."best_text" IS NOT NULL THEN "t25"."best_text" ELSE "t25"."text" END AS "text",
        COALESCE("t25"."best_lang", "t25"."lang") AS "lang",
        CASE
          WHEN "t25"."best_text" IS NOT NULL
          THEN "t25"."best_hashtags"
          ELSE "t25"."hashtags"
        END AS "hashtags",
        CASE
          WHEN "t25"."best_text" IS NOT NULL
          THEN "t25"."best_hashtags_shown"
          ELSE "t25"."hashtags_shown"
        END AS "hashtags_shown",
        CASE
          WHEN (
            "t25"."retweet_of" IS NULL
          ) AND (
            "t25"."best_row" <> "t25"."row"
          )
          THEN "t25"."best_mentions"
          ELSE "t25"."mentions"
        END AS "mentions",
        CASE WHEN "t25"."best_text" IS NOT NULL THEN "t25"."best_urls" ELSE "t25"."urls" END AS "urls",
        CASE
          WHEN "t25"."best_text" IS NOT NULL
          THEN "t25"."best_media"
          ELSE "t25"."media"
        END AS "media",
        "t25"."retweet_of",
        COALESCE(
          "t25"."retweet_of_writer",
          CASE
            WHEN (
              "t25"."retweet_of" IS NULL
            ) AND (
              "t25"."best_row" <> "t25"."row"
            )
            THEN "t25"."best_retweet_author_id"
            ELSE "t25"."retweet_author_id"
          END
        ) AS "retweet_author_id",
        "t25"."quote_of",
        COALESCE("t25"."quote_author_id", "t25"."quote_of_writer") AS "quote_author_id",
        "t25"."reply_to",
        COALESCE("t25"."reply_author_id", "t25"."reply_to_writer") AS "reply_author_id",
        CASE
          WHEN (
            "t25"."retweet_of" IS NULL
          ) AND (
            "t25"."best_row" <> "t25"."row"
          )
          THEN "t25"."best_manual_retweet"
          ELSE "t25"."manual_retweet"
        END AS "manual_retweet",
        "t25"."reported" AS "retweet_count",
        COALESCE("t25"."followers", "t25"."known_followers") AS "followers",
        "t25"."longitude",
        "t25"."latitude",
        COALESCE("t25"."place_name", "t25"."known_name") AS "place_name",
        COALESCE("t25"."place_country", "t25"."known_country") AS "place_country",
        CASE WHEN "t25"."best_text" IS NOT NULL THEN "t25"."best_cut" ELSE "t25"."cut" END AS "cut",
        "t25"."source_file",
        "t25"."source_record",
        "t25"."text_length",
        "t25"."place_id",
        "t25"."original_at",
        "t25"."row",
        "t25"."best_row",
        "t25"."retweet_of_writer",
        "t25"."quote_of_writer",
        "t25"."reply_to_writer",
        "t25"."reported",
        "t25"."best_row_best",
        "t25"."best_text",
        "t25"."best_hashtags",
        "t25"."best_hashtags_shown",
        "t25"."best_urls",
        "t25"."best_media",
        "t25"."best_cut",
        "t25"."best_mentions",
        "t25"."best_manual_retweet",
        "t25"."best_retweet_author_id",
        "t25"."best_lang",
        "t25"."platform_known",
        "t25"."author_id_known",
        "t25"."known_followers",
        "t25"."place_id_place",
        "t25"."known_name",
        "t25"."known_country"
      FROM (
        SELECT
          "t6"."platform",
          "t6"."tweet_id",
          "t6"."author_id",
          "t6"."origin",
          "t6"."at",
          "t6"."at_resolution_ms",
          "t6"."observed_at",
          "t6"."kind",
          "t6"."text",
          "t6"."lang",
          "t6"."hashtags",
          "t6"."hashtags_shown",
          "t6"."mentions",
          "t6"."urls",
          "t6"."media",
          "t6"."retweet_of",
          "t6"."retweet_author_id",
          "t6"."quote_of",
          "t6"."quote_author_id",
          "t6"."reply_to",
          "t6"."reply_author_id",
          "t6"."manual_retweet",
          "t6"."retweet_count",
          "t6"."followers",
          "t6"."longitude",
          "t6"."latitude",
          "t6"."place_name",
          "t6"."place_country",
          "t6"."cut",
          "t6"."source_file",
          "t6"."source_record",
          "t6"."text_length",
          "t6"."place_id",
          "t6"."original_at",
          "t6"."row",
          "t7"."best_row",
          "t7"."retweet_of_writer",
          "t7"."quote_of_writer",
          "t7"."reply_to_writer",
          "t7"."reported",
          "t24"."best_row" AS "best_row_best",
          "t24"."best_text",
          "t24"."best_hashtags",
          "t24"."best_hashtags_shown",
          "t24"."best_urls",
          "t24"."best_media",
          "t24"."best_cut",
          "t24"."best_mentions",
          "t24"."best_manual_retweet",
          "t24"."best_retweet_author_id",
          "t24"."best_lang",
          "t17"."platform" AS "platform_known",
          "t17"."author_id" AS "author_id_known",
          "t17"."known_followers",
          "t18"."place_id" AS "place_id_place",
          "t18"."known_name",
          "t18"."known_country"
        FROM "rows" AS "t6"
        INNER JOIN "links" AS "t7"
          ON "t6"."row" = "t7"."row"
        LEFT OUTER JOIN (
          SELECT
            "t10"."best_row",
            "t10"."best_text",
            "t10"."best_hashtags",
            "t10"."best_hashtags_shown",
            "t10"."best_urls",
            "t10"."best_media",
            "t10"."best_cut",
            "t10"."best_mentions",
            "t10"."best_manual_retweet",
            "t10"."best_retweet_author_id",
            "t10"."best_lang"
          FROM (
            SELECT
              "t1"."row" AS "best_row",
              "t1"."text" AS "best_text",
              "t1"."hashtags" AS "best_hashtags",
              "t1"."hashtags_shown" AS "best_hashtags_shown",
              "t1"."urls" AS "best_urls",
              "t1"."media" AS "best_media",
              "t1"."cut" AS "best_cut",
              "t1"."mentions" AS "best_mentions",
              "t1"."manual_retweet" AS "best_manual_retweet",
              "t1"."retweet_author_id" AS "best_retweet_author_id",
              "t1"."lang" AS "best_lang"
            FROM "rows" AS "t1"
          ) AS "t10"
          SEMI JOIN (
            SELECT
              *
            FROM "links" AS "t3"
            WHERE
              "t3"."best_row" <> "t3"."row"
          ) AS "t16"
            ON "t10"."best_row" = "t16"."best_row"
        ) AS "t24"
          ON "t7"."best_row" = "t24"."best_row"
        LEFT OUTER JOIN (
          SELECT
            "t4"."platform",
            "t4"."user_id" AS "author_id",
            MAX("t4"."followers") AS "known_followers"
          FROM "part_users" AS "t4"
          GROUP BY
            1,
            2
        ) AS "t17"
          ON "t6"."platform" = "t17"."platform" AND "t6"."author_id" = "t17"."author_id"
        LEFT OUTER JOIN (
          SELECT
            "t5"."place_id",
            MAX("t5"."place_name") AS "known_name",
            MAX("t5"."place_country") AS "known_country"
          FROM "part_places" AS "t5"
          GROUP BY
            1
        ) AS "t18"
          ON "t6"."place_id" = "t18"."place_id"
      ) AS "t25"
    ) AS "t27"
    LEFT OUTER JOIN (
      SELECT
        "t11"."platform",
        "t11"."tweet_id" AS "gone_id"
      FROM (
        SELECT DISTINCT
          "t2"."platform",
          "t2"."tweet_id"
        FROM "part_notices" AS "t2"
        WHERE
          "t2"."kind" = 'delete' AND "t2"."tweet_id" IS NOT NULL
      ) AS "t11"
    ) AS "t20"
      ON "t27"."platform" = "t20"."platform" AND "t27"."retweet_of" = "t20"."gone_id"
    LEFT OUTER JOIN (
      SELECT
        "t12"."user_id" AS "author_id",
        MAX(TRY_CAST("t12"."tweet_id" AS DECIMAL(20, 0))) AS "up_to"
      FROM (
        SELECT
          *
        FROM "part_notices" AS "t2"
        WHERE
          "t2"."kind" = 'scrub_geo'
      ) AS "t12"
      GROUP BY
        1
    ) AS "t22"
      ON "t27"."author_id" = "t22"."author_id"
  ) AS "t28"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t0"."platform",
      "t0"."retweet_of" AS "tweet_id",
      "t0"."author_id",
      'stub' AS "origin",
      "t0"."at",
      CAST(1 AS INT) AS "at_resolution_ms",
      CAST(NULL AS TIMESTAMPTZ) AS "observed_at",
      'tweet' AS "kind",
      CAST(NULL AS TEXT) AS "text",
      CAST(NULL AS TEXT) AS "lang",
      [] AS "hashtags",
      [] AS "hashtags_shown",
      [] AS "mentions",
      [] AS "urls",
      [] AS "media",
      CAST(NULL AS TEXT) AS "retweet_of",
      CAST(NULL AS TEXT) AS "retweet_author_id",
      CAST(NULL AS TEXT) AS "quote_of",
      CAST(NULL AS TEXT) AS "quote_author_id",
      CAST(NULL AS TEXT) AS "reply_to",
      CAST(NULL AS TEXT) AS "reply_author_id",
      FALSE AS "manual_retweet",
      "t0"."reported" AS "retweet_count",
      CAST(NULL AS BIGINT) AS "followers",
      CAST(NULL AS DOUBLE) AS "longitude",
      CAST(NULL AS DOUBLE) AS "latitude",
      CAST(NULL AS TEXT) AS "place_name",
      CAST(NULL AS TEXT) AS "place_country",
      FALSE AS "cut",
      "t0"."source_file",
      "t0"."source_record"
    FROM "stubs" AS "t0"
  ) AS "t8"
) AS "t29"
ORDER BY
  "t29"."at" ASC,
  "t29"."tweet_id" ASC,
  "t29"."platform" ASC

-- name: users
WITH "t3" AS (
  SELECT
    "t1"."platform",
    "t1"."user_id",
    "t1"."screen_name",
    "t1"."name",
    "t1"."description",
    "t1"."location",
    "t1"."time_zone",
    "t1"."utc_offset_s",
    "t1"."lang",
    "t1"."created_at",
    "t1"."verified",
    MAX("t1"."followers") AS "followers",
    MIN("t1"."first_seen") AS "first_seen",
    MAX("t1"."last_seen") AS "last_seen"
  FROM "part_users" AS "t1"
  GROUP BY
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11
), "t7" AS (
  SELECT
    "t4"."platform",
    "t4"."user_id",
    COUNT(*) AS "profiles"
  FROM "t3" AS "t4"
  GROUP BY
    1,
    2
), "t16" AS (
  SELECT
    "t15"."platform",
    "t15"."user_id",
    "t15"."screen_name",
    "t15"."name",
    "t15"."description",
    "t15"."location",
    "t15"."time_zone",
    "t15"."utc_offset_s",
    "t15"."lang",
    "t15"."created_at",
    "t15"."verified",
    "t15"."followers",
    "t15"."first_seen",
    "t15"."last_seen",
    ROW_NUMBER() OVER (
      PARTITION BY "t15"."platform", "t15"."user_id"
      ORDER BY COALESCE(
        "t15"."last_seen",
        CAST(MAKE_TIMESTAMPTZ(1970, 1, 1, 0, 0, 0.0, 'UTC') AS TIMESTAMPTZ)
      ) DESC, COALESCE("t15"."screen_name", '') DESC, COALESCE("t15"."name", '') DESC, COALESCE("t15"."description", '') DESC, COALESCE("t15"."location", '') DESC, COALESCE("t15"."time_zone", '') DESC, COALESCE(CAST("t15"."utc_offset_s" AS TEXT), '') DESC, COALESCE("t15"."lang", '') DESC, COALESCE(CAST("t15"."created_at" AS TEXT), '') DESC, COALESCE(CAST("t15"."verified" AS TEXT), '') DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "nth"
  FROM (
    SELECT
      "t5"."platform",
      "t5"."user_id",
      "t5"."screen_name",
      "t5"."name",
      "t5"."description",
      "t5"."location",
      "t5"."time_zone",
      "t5"."utc_offset_s",
      "t5"."lang",
      "t5"."created_at",
      "t5"."verified",
      "t5"."followers",
      "t5"."first_seen",
      "t5"."last_seen"
    FROM "t3" AS "t5"
    SEMI JOIN (
      SELECT
        *
      FROM "t7" AS "t9"
      WHERE
        "t9"."profiles" > 1
    ) AS "t13"
      ON "t5"."platform" = "t13"."platform" AND "t5"."user_id" = "t13"."user_id"
  ) AS "t15"
)
SELECT
  COALESCE("t29"."platform", "t29"."platform_right") AS "platform",
  COALESCE("t29"."user_id", "t29"."user_id_right") AS "user_id",
  "t29"."screen_name",
  COALESCE("t29"."screen_names", []) AS "screen_names",
  "t29"."name",
  "t29"."description",
  "t29"."location",
  "t29"."time_zone",
  "t29"."utc_offset_s",
  "t29"."lang",
  "t29"."followers",
  "t29"."created_at",
  "t29"."verified",
  LEAST(
    COALESCE("t29"."first_seen", "t29"."first_at"),
    COALESCE("t29"."first_at", "t29"."first_seen")
  ) AS "first_seen",
  GREATEST(
    COALESCE("t29"."last_seen", "t29"."last_at"),
    COALESCE("t29"."last_at", "t29"."last_seen")
  ) AS "last_seen"
FROM (
  SELECT
    "t28"."platform",
    "t28"."user_id",
    "t28"."screen_name",
    "t28"."name",
    "t28"."description",
    "t28"."location",
    "t28"."time_zone",
    "t28"."utc_offset_s",
    "t28"."lang",
    "t28"."created_at",
    "t28"."verified",
    "t28"."followers",
    "t28"."first_seen",
    "t28"."last_seen",
    "t28"."screen_names",
    "t8"."platform" AS "platform_right",
    "t8"."user_id" AS "user_id_right",
    "t8"."first_at",
    "t8"."last_at"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t5"."platform",
        "t5"."user_id",
        "t5"."screen_name",
        "t5"."name",
        "t5"."description",
        "t5"."location",
        "t5"."time_zone",
        "t5"."utc_offset_s",
        "t5"."lang",
        "t5"."created_at",
        "t5"."verified",
        "t5"."followers",
        "t5"."first_seen",
        "t5"."last_seen",
        CASE
          WHEN "t5"."screen_name" IS NOT NULL
          THEN CAST(["t5"."screen_name"] AS TEXT[])
          ELSE []
        END AS "screen_names"
      FROM "t3" AS "t5"
      SEMI JOIN (
        SELECT
          *
        FROM "t7" AS "t9"
        WHERE
          "t9"."profiles" = 1
      ) AS "t12"
        ON "t5"."platform" = "t12"."platform" AND "t5"."user_id" = "t12"."user_id"
    ) AS "t14"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t20"."platform",
        "t20"."user_id",
        "t20"."screen_name",
        "t20"."name",
        "t20"."description",
        "t20"."location",
        "t20"."time_zone",
        "t20"."utc_offset_s",
        "t20"."lang",
        "t20"."created_at",
        "t20"."verified",
        "t20"."followers",
        "t20"."first_seen",
        "t20"."last_seen",
        "t25"."screen_names"
      FROM (
        SELECT
          "t17"."platform",
          "t17"."user_id",
          FIRST("t17"."screen_name" ORDER BY "t17"."nth") FILTER(WHERE
            "t17"."screen_name" IS NOT NULL) AS "screen_name",
          FIRST("t17"."name" ORDER BY "t17"."nth") FILTER(WHERE
            "t17"."name" IS NOT NULL) AS "name",
          FIRST("t17"."description" ORDER BY "t17"."nth") FILTER(WHERE
            "t17"."description" IS NOT NULL) AS "description",
          FIRST("t17"."location" ORDER BY "t17"."nth") FILTER(WHERE
            "t17"."location" IS NOT NULL) AS "location",
          FIRST("t17"."time_zone" ORDER BY "t17"."nth") FILTER(WHERE
            "t17"."time_zone" IS NOT NULL) AS "time_zone",
          FIRST("t17"."utc_offset_s" ORDER BY "t17"."nth") FILTER(WHERE
            "t17"."utc_offset_s" IS NOT NULL) AS "utc_offset_s",
          FIRST("t17"."lang" ORDER BY "t17"."nth") FILTER(WHERE
            "t17"."lang" IS NOT NULL) AS "lang",
          FIRST("t17"."created_at" ORDER BY "t17"."nth") FILTER(WHERE
            "t17"."created_at" IS NOT NULL) AS "created_at",
          FIRST("t17"."verified" ORDER BY "t17"."nth") FILTER(WHERE
            "t17"."verified" IS NOT NULL) AS "verified",
          MAX("t17"."followers") AS "followers",
          MIN("t17"."first_seen") AS "first_seen",
          MAX("t17"."last_seen") AS "last_seen"
        FROM "t16" AS "t17"
        GROUP BY
          1,
          2
      ) AS "t20"
      LEFT OUTER JOIN (
        SELECT
          "t23"."platform",
          "t23"."user_id",
          LIST_APPLY(
            LIST_SORT("t23"."names"),
            LAMBDA __ibis_param_named__ : (
              __ibis_param_named__
            )."name"
          ) AS "screen_names"
        FROM (
          SELECT
            "t22"."platform",
            "t22"."user_id",
            ARRAY_AGG("t22"."named") FILTER(WHERE
              "t22"."named" IS NOT NULL) AS "names"
          FROM (
            SELECT
              "t21"."platform",
              "t21"."user_id",
              "t21"."screen_name",
              "t21"."first",
              {'first': COALESCE("t21"."first", CAST(MAKE_TIMESTAMPTZ(1970, 1, 1, 0, 0, 0.0, 'UTC') AS TIMESTAMPTZ)), 'name': "t21"."screen_name"} AS "named"
            FROM (
              SELECT
                "t18"."platform",
                "t18"."user_id",
                "t18"."screen_name",
                MIN("t18"."first_seen") AS "first"
              FROM (
                SELECT
                  *
                FROM "t16" AS "t17"
                WHERE
                  "t17"."screen_name" IS NOT NULL
              ) AS "t18"
              GROUP BY
                1,
                2,
                3
            ) AS "t21"
          ) AS "t22"
          GROUP BY
            1,
            2
        ) AS "t23"
      ) AS "t25"
        ON "t20"."platform" = "t25"."platform" AND "t20"."user_id" = "t25"."user_id"
    ) AS "t26"
  ) AS "t28"
  FULL OUTER JOIN (
    SELECT
      "t2"."platform",
      "t2"."author_id" AS "user_id",
      MIN("t2"."at") AS "first_at",
      MAX("t2"."at") AS "last_at"
    FROM (
      SELECT
        *
      FROM "ranks" AS "t0"
      WHERE
        "t0"."author_id" IS NOT NULL
    ) AS "t2"
    GROUP BY
      1,
      2
  ) AS "t8"
    ON "t28"."platform" = "t8"."platform" AND "t28"."user_id" = "t8"."user_id"
) AS "t29"
ORDER BY
  COALESCE("t29"."user_id", "t29"."user_id_right") ASC,
  COALESCE("t29"."platform", "t29"."platform_right") ASC

-- name: standing
SELECT
  "t1"."source_file",
  COUNT(*) AS "rows"
FROM (
  SELECT
    *
  FROM "ranks" AS "t0"
  WHERE
    "t0"."origin" <> 'embedded'
) AS "t1"
GROUP BY
  1

-- name: contradicted
SELECT
  COUNT(*) AS "rows"
FROM (
  SELECT DISTINCT
    "t6"."platform",
    "t6"."tweet_id"
  FROM (
    SELECT
      "t4"."platform",
      "t4"."tweet_id",
      "t4"."author_id",
      "t5"."stands"
    FROM (
      SELECT
        "t0"."platform",
        "t0"."tweet_id",
        "t0"."author_id"
      FROM "records" AS "t0"
      WHERE
        "t0"."origin" <> 'embedded'
    ) AS "t4"
    INNER JOIN (
      SELECT
        "t1"."platform",
        "t1"."tweet_id",
        "t1"."author_id" AS "stands"
      FROM "ranks" AS "t1"
      WHERE
        "t1"."origin" <> 'embedded'
    ) AS "t5"
      ON "t4"."platform" = "t5"."platform" AND "t4"."tweet_id" = "t5"."tweet_id"
  ) AS "t6"
  WHERE
    "t6"."author_id" <> "t6"."stands"
    AND NOT (
      STARTS_WITH("t6"."author_id", 'name:')
    )
    AND NOT (
      STARTS_WITH("t6"."stands", 'name:')
    )
) AS "t7"

-- name: further
WITH "t9" AS (
  SELECT
    "t2"."platform",
    "t2"."tweet_id",
    "t2"."author_id",
    "t2"."origin",
    "t2"."at",
    "t2"."at_resolution_ms",
    "t2"."observed_at",
    "t2"."kind",
    "t2"."text",
    "t2"."lang",
    "t2"."hashtags",
    "t2"."hashtags_shown",
    "t2"."mentions",
    "t2"."urls",
    "t2"."media",
    "t2"."retweet_of",
    "t2"."retweet_author_id",
    "t2"."quote_of",
    "t2"."quote_author_id",
    "t2"."reply_to",
    "t2"."reply_author_id",
    "t2"."manual_retweet",
    "t2"."retweet_count",
    "t2"."followers",
    "t2"."longitude",
    "t2"."latitude",
    "t2"."place_name",
    "t2"."place_country",
    "t2"."cut",
    "t2"."source_file",
    "t2"."source_record",
    "t2"."text_length",
    "t2"."place_id",
    "t2"."original_at",
    "t2"."row"
  FROM "part_shares" AS "t2"
  SEMI JOIN "ranks" AS "t3"
    ON "t2"."row" = "t3"."row"
)
SELECT
  "t17"."source_file",
  COUNT(*) AS "rows"
FROM (
  SELECT
    "t16"."platform",
    "t16"."tweet_id",
    "t16"."what",
    "t16"."object",
    "t16"."shown",
    "t16"."original_at",
    "t16"."source_file",
    "t16"."source_record",
    "t16"."row"
  FROM (
    SELECT
      "t14"."platform",
      "t14"."tweet_id",
      "t14"."what",
      "t14"."object",
      "t14"."shown",
      "t14"."original_at",
      "t14"."first"."source_file" AS "source_file",
      "t14"."first"."source_record" AS "source_record",
      "t14"."first"."row" AS "row"
    FROM (
      SELECT
        "t13"."platform",
        "t13"."tweet_id",
        "t13"."what",
        "t13"."object",
        MAX("t13"."original_at") AS "original_at",
        MIN("t13"."shown") AS "shown",
        MIN(
          {'source_file': "t13"."source_file", 'source_record': "t13"."source_record", 'row': "t13"."row"}
        ) AS "first"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t0"."platform",
              "t0"."tweet_id",
              "t0"."source_file",
              "t0"."source_record",
              "t0"."row",
              "t0"."original_at",
              'hashtag' AS "what",
              UNNEST("t0"."hashtags") AS "object",
              UNNEST("t0"."hashtags_shown") AS "shown"
            FROM "part_shares" AS "t0"
          ) AS "t5"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t0"."platform",
                "t0"."tweet_id",
                "t0"."source_file",
                "t0"."source_record",
                "t0"."row",
                "t0"."original_at",
                'retweet' AS "what",
                "t0"."retweet_of" AS "object",
                "t0"."retweet_of" AS "shown"
              FROM "part_shares" AS "t0"
            ) AS "t4"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                "t0"."platform",
                "t0"."tweet_id",
                "t0"."source_file",
                "t0"."source_record",
                "t0"."row",
                "t0"."original_at",
                'url' AS "what",
                UNNEST("t0"."urls") AS "object",
                UNNEST("t0"."urls") AS "shown"
              FROM "part_shares" AS "t0"
            ) AS "t6"
          ) AS "t7"
        ) AS "t8"
        WHERE
          "t8"."object" IS NOT NULL
      ) AS "t13"
      GROUP BY
        1,
        2,
        3,
        4
    ) AS "t14"
  ) AS "t16"
  SEMI JOIN "t9" AS "t11"
    ON "t16"."platform" = "t11"."platform" AND "t16"."tweet_id" = "t11"."tweet_id"
  ANTI JOIN "t9" AS "t12"
    ON "t16"."row" = "t12"."row"
) AS "t17"
GROUP BY
  1

-- name: deleted
SELECT
  "t6"."source_file",
  COUNT(*) AS "rows"
FROM (
  SELECT
    "t4"."platform",
    "t4"."tweet_id",
    "t4"."author_id",
    "t4"."origin",
    "t4"."at",
    "t4"."at_resolution_ms",
    "t4"."observed_at",
    "t4"."kind",
    "t4"."text",
    "t4"."lang",
    "t4"."hashtags",
    "t4"."hashtags_shown",
    "t4"."mentions",
    "t4"."urls",
    "t4"."media",
    "t4"."retweet_of",
    "t4"."retweet_author_id",
    "t4"."quote_of",
    "t4"."quote_author_id",
    "t4"."reply_to",
    "t4"."reply_author_id",
    "t4"."manual_retweet",
    "t4"."retweet_count",
    "t4"."followers",
    "t4"."longitude",
    "t4"."latitude",
    "t4"."place_name",
    "t4"."place_country",
    "t4"."cut",
    "t4"."source_file",
    "t4"."source_record",
    "t4"."text_length",
    "t4"."place_id",
    "t4"."original_at",
    "t4"."row"
  FROM (
    SELECT
      *
    FROM "records" AS "t0"
    WHERE
      "t0"."origin" <> 'embedded'
  ) AS "t4"
  SEMI JOIN (
    SELECT DISTINCT
      "t1"."platform",
      "t1"."tweet_id"
    FROM "part_notices" AS "t1"
    WHERE
      "t1"."kind" = 'delete' AND "t1"."tweet_id" IS NOT NULL
  ) AS "t5"
    ON "t4"."platform" = "t5"."platform" AND "t4"."tweet_id" = "t5"."tweet_id"
) AS "t6"
GROUP BY
  1

-- name: origins
SELECT
  "t0"."origin",
  COUNT(*) AS "rows",
  SUM(CAST("t0"."cut" AS INT)) AS "cut",
  SUM(CAST("t0"."kind" = 'retweet' AS INT)) AS "retweets",
  SUM(
    CAST((
      "t0"."kind" = 'retweet'
    ) AND (
      "t0"."retweet_author_id" IS NULL
    ) AS INT)
  ) AS "unnamed",
  SUM(
    CAST(NOT (
      "t0"."kind" = 'retweet'
    ) AND (
      "t0"."quote_of" IS NOT NULL
    ) AS INT)
  ) AS "quotes",
  SUM(
    CAST(NOT (
      "t0"."kind" = 'retweet'
    ) AND (
      "t0"."reply_to" IS NOT NULL
    ) AS INT)
  ) AS "replies",
  SUM(CAST(NOT (
    "t0"."kind" = 'retweet'
  ) AND "t0"."manual_retweet" AS INT)) AS "manual_retweets"
FROM "tweets" AS "t0"
GROUP BY
  1

-- name: texts
SELECT
  COUNT(*) AS "rows"
FROM (
  SELECT
    "t0"."origin"
  FROM "tweets" AS "t0"
  WHERE
    "t0"."origin" = 'collected' AND "t0"."text" IS NOT NULL
  LIMIT 1
) AS "t2"

-- name: collected_at
SELECT
  "t0"."at"
FROM "tweets" AS "t0"
WHERE
  "t0"."origin" = 'collected'

-- name: stubs_at
SELECT
  "t0"."at"
FROM "tweets" AS "t0"
WHERE
  "t0"."origin" = 'stub'

-- name: located
SELECT
  COUNT(*) AS "rows",
  SUM(CAST("t0"."platform" = 'twitter' AS INT)) AS "asked",
  SUM(
    CAST((
      "t0"."platform" = 'twitter'
    ) AND REGEXP_MATCHES("t0"."location", '\S') AS INT)
  ) AS "located"
FROM "users" AS "t0"

-- name: missing
SELECT
  COUNT(*) AS "whole",
  COUNT("t5"."held") AS "found"
FROM (
  SELECT
    "t3"."platform",
    "t3"."tweet_id",
    "t4"."platform" AS "platform_right",
    "t4"."tweet_id" AS "tweet_id_right",
    "t4"."held"
  FROM (
    SELECT DISTINCT
      "t0"."platform",
      "t0"."retweet_of" AS "tweet_id"
    FROM "tweets" AS "t0"
    WHERE
      "t0"."kind" = 'retweet'
      AND "t0"."origin" = 'collected'
      AND "t0"."retweet_of" IS NOT NULL
  ) AS "t3"
  LEFT OUTER JOIN (
    SELECT
      "t0"."platform",
      "t0"."tweet_id",
      "t0"."tweet_id" AS "held"
    FROM "tweets" AS "t0"
    WHERE
      "t0"."origin" <> 'stub'
  ) AS "t4"
    ON "t3"."platform" = "t4"."platform" AND "t3"."tweet_id" = "t4"."tweet_id"
) AS "t5"

-- name: coverage
SELECT
  SUM(
    LEAST(
      COALESCE("t7"."observed", 0),
      GREATEST(COALESCE("t7"."above", 0), COALESCE("t7"."retweet_count", 0))
    )
  ) AS "observed",
  SUM(GREATEST(COALESCE("t7"."above", 0), COALESCE("t7"."retweet_count", 0))) AS "reported"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t5"."platform",
      "t5"."tweet_id",
      "t5"."observed",
      "t5"."above",
      "t3"."platform" AS "platform_right",
      "t3"."tweet_id" AS "tweet_id_right",
      "t3"."origin",
      "t3"."retweet_count"
    FROM (
      SELECT
        "t1"."platform",
        "t1"."retweet_of" AS "tweet_id",
        COUNT(*) AS "observed",
        MAX("t1"."retweet_count") AS "above"
      FROM (
        SELECT
          *
        FROM "tweets" AS "t0"
        WHERE
          "t0"."kind" = 'retweet'
          AND "t0"."origin" = 'collected'
          AND "t0"."retweet_of" IS NOT NULL
      ) AS "t1"
      GROUP BY
        1,
        2
    ) AS "t5"
    FULL OUTER JOIN (
      SELECT
        "t0"."platform",
        "t0"."tweet_id",
        "t0"."origin",
        "t0"."retweet_count"
      FROM "tweets" AS "t0"
      WHERE
        "t0"."kind" <> 'retweet' AND "t0"."retweet_count" > 0
    ) AS "t3"
      ON "t5"."platform" = "t3"."platform" AND "t5"."tweet_id" = "t3"."tweet_id"
  ) AS "t6"
  WHERE
    (
      "t6"."observed" IS NOT NULL
    ) OR (
      "t6"."origin" = 'collected'
    )
) AS "t7"

-- name: oddities
SELECT
  SUM(
    CAST((
      "t5"."kind" = 'retweet'
    )
    AND (
      "t5"."retweet_author_id" = "t5"."author_id"
    ) AS INT)
  ) AS "self_retweets",
  SUM(
    CAST((
      "t5"."kind" = 'quote'
    ) AND (
      "t5"."quote_author_id" = "t5"."author_id"
    ) AS INT)
  ) AS "self_quotes",
  SUM(CAST(ARRAY_CONTAINS("t5"."mentions", "t5"."author_id") AS INT)) AS "self_mentions",
  SUM(
    CAST((
      "t5"."kind" = 'retweet'
    ) AND (
      "t5"."at" < "t5"."original_at"
    ) AS INT)
  ) AS "early_retweets"
FROM (
  SELECT
    "t4"."platform",
    "t4"."tweet_id",
    "t4"."author_id",
    "t4"."origin",
    "t4"."at",
    "t4"."at_resolution_ms",
    "t4"."observed_at",
    "t4"."kind",
    "t4"."text",
    "t4"."lang",
    "t4"."hashtags",
    "t4"."hashtags_shown",
    "t4"."mentions",
    "t4"."urls",
    "t4"."media",
    "t4"."retweet_of",
    "t4"."retweet_author_id",
    "t4"."quote_of",
    "t4"."quote_author_id",
    "t4"."reply_to",
    "t4"."reply_author_id",
    "t4"."manual_retweet",
    "t4"."retweet_count",
    "t4"."followers",
    "t4"."longitude",
    "t4"."latitude",
    "t4"."place_name",
    "t4"."place_country",
    "t4"."cut",
    "t4"."source_file",
    "t4"."source_record",
    "t3"."platform" AS "original_platform",
    "t3"."retweet_of" AS "original_retweet_of",
    "t3"."original_at"
  FROM (
    SELECT
      *
    FROM "tweets" AS "t0"
    WHERE
      "t0"."origin" = 'collected'
  ) AS "t4"
  LEFT OUTER JOIN (
    SELECT
      "t0"."platform",
      "t0"."tweet_id" AS "retweet_of",
      "t0"."at" AS "original_at"
    FROM "tweets" AS "t0"
  ) AS "t3"
    ON "t4"."platform" = "t3"."platform" AND "t4"."retweet_of" = "t3"."retweet_of"
) AS "t5"

-- name: unavailable
SELECT
  COUNT(*) AS "rows",
  COUNT("t8"."original") AS "originals"
FROM (
  SELECT
    "t5"."tweet_id",
    "t6"."tweet_id" AS "tweet_id_right",
    "t6"."original"
  FROM (
    SELECT DISTINCT
      "t0"."tweet_id"
    FROM "part_notices" AS "t0"
    WHERE
      "t0"."kind" = 'unavailable' AND "t0"."tweet_id" IS NOT NULL
  ) AS "t5"
  ANTI JOIN (
    SELECT
      "t1"."tweet_id"
    FROM "tweets" AS "t1"
    WHERE
      "t1"."platform" = 'twitter' AND "t1"."text" IS NOT NULL
  ) AS "t7"
    ON "t5"."tweet_id" = "t7"."tweet_id"
  LEFT OUTER JOIN (
    SELECT DISTINCT
      "t1"."retweet_of" AS "tweet_id",
      "t1"."retweet_of" AS "original"
    FROM "tweets" AS "t1"
    WHERE
      "t1"."platform" = 'twitter' AND "t1"."retweet_of" IS NOT NULL
  ) AS "t6"
    ON "t5"."tweet_id" = "t6"."tweet_id"
) AS "t8"
