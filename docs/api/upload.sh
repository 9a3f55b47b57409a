#!/bin/sh
# Uploads a film with curl, waits until it can be watched, and prints a guest link to it.
#
#   SITE=https://media.example.org TOKEN=... sh upload.sh film.mp4
#
# TOKEN is an API token with the scopes uploads, items:read and guest_access.
set -eu
FILE=$1
AUTH="Authorization: Bearer $TOKEN"
TUS='Tus-Resumable: 1.0.0'
JSON='Content-Type: application/json'

encoded() { printf %s "$1" | base64 | tr -d '\n'; }
# The value of one header of an answer.
header() { tr -d '\r' | awk -v name="$1:" 'tolower($1) == name { print $2 }'; }
# The value of one field of a flat JSON answer.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# 1. Say how many bytes will come. The answer names the upload's own address, and the item that it becomes.
HEAD=$(curl -sSf -D - -o /dev/null -X POST "$SITE/api/uploads" -H "$AUTH" -H "$TUS" \
  -H "Upload-Length: $(wc -c < "$FILE" | tr -d ' ')" \
  -H "Upload-Metadata: filename $(encoded "$(basename "$FILE")"),title $(encoded 'Field trip')")
UPLOAD=$SITE$(printf '%s\n' "$HEAD" | header location)
ITEM=$(printf '%s\n' "$HEAD" | header anteroom-item)

# 2. Send the bytes from where the upload stands. After a broken connection the same lines go on.
OFFSET=$(curl -sSf --head "$UPLOAD" -H "$AUTH" -H "$TUS" | header upload-offset)
tail -c "+$((OFFSET + 1))" "$FILE" | curl -sSf -X PATCH -T - "$UPLOAD" -H "$AUTH" -H "$TUS" \
  -H "Upload-Offset: $OFFSET" -H 'Content-Type: application/offset+octet-stream'

# 3. Wait until it can be watched.
until [ "$(curl -sSf "$SITE/api/items/$ITEM" -H "$AUTH" | field state)" = ready ]; do sleep 1; done

# 4. Switch guest access on, and make a link for 60 people and 14 days.
curl -sSf -o /dev/null -X PUT "$SITE/api/items/$ITEM/guest-access" -H "$AUTH" -H "$JSON" -d '{"enabled":true}'
curl -sSf -X POST "$SITE/api/items/$ITEM/guest-links" -H "$AUTH" -H "$JSON" \
  -d '{"name":"Parents","max_uses":60,"days":14}' | field url
