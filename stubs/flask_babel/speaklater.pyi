# A text that is translated only when somebody reads it.

# It is no str, but behaves as one wherever WTForms and Jinja take one.
class LazyString(str): ...
