FROM python:3.13-slim

RUN useradd --create-home chronicle
WORKDIR /home/chronicle

# The pins change seldom and the code often, so that most builds end at the last steps.
COPY requirements.txt ./
RUN pip install --no-cache-dir --requirement requirements.txt

COPY . .
RUN pip install --no-cache-dir --no-build-isolation --no-deps .

USER chronicle
EXPOSE 8000
ENTRYPOINT ["chronicle"]
CMD ["serve", "--host", "0.0.0.0"]
