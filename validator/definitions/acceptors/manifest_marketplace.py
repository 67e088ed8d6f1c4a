"""Written by `python -m scripts.build_acceptors` from manifest.schema.json."""

SCHEMA = "cfa6009a3f6c1bc914781c43972ead97e20c7e6ffd67e275670a21c8a27f767d"

VERSION = "2.22.3"
from decimal import Decimal
from fastjsonschema import JsonSchemaValueException, JsonSchemaValuesException


NoneType = type(None)

def validate(data, custom_formats={}, name_prefix=None):
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['legal_terms', 'pricing']) - data.keys()
        if data__missing_keys:
            raise JsonSchemaValueException("" + (name_prefix or "data") + " must contain " + (str(sorted(data__missing_keys)) + " properties"), value=data, name="" + (name_prefix or "data") + "", definition={'$defs': {'marketplace': {'title': 'Marketplace', 'description': 'What an offering on the Marketplace needs in addition.', 'required': ['legal_terms', 'pricing'], 'properties': {'legal_terms': {'required': ['eula']}, 'pricing': {'minItems': 1}, 'author': {'required': ['vendor_id']}}}, 'text': {'title': 'Text', 'description': 'A string that is not blank.', 'type': 'string', 'pattern': '\\S', 'errorMessage': 'a text'}, 'path': {'title': 'Path', 'description': 'The path of a file of the integration, relative to the manifest and with slashes.', 'type': 'string', 'pattern': '\\S', 'errorMessage': 'the path of a file, relative to the manifest'}, 'url': {'title': 'URL', 'description': 'A web address.', 'type': 'string', 'pattern': '^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#]+([/?#]\\S*)?$', 'errorMessage': 'a URL such as https://www.acme-cloud.io'}, 'email': {'title': 'E-mail address', 'description': 'An e-mail address in ASCII characters, without `mailto:`.', 'type': 'string', 'pattern': "^[A-Za-z0-9.!#\\x24%&'*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$", 'errorMessage': 'an e-mail address such as support@acme-cloud.io'}, 'uuid': {'title': 'UUID', 'description': 'Thirty-two hexadecimal digits in five groups.', 'type': 'string', 'pattern': '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$', 'errorMessage': 'a UUID such as 40ac95c0-35bd-49c8-a5f0-b21037bc87b4'}}, 'title': 'Marketplace', 'description': 'What an offering on the Marketplace needs in addition.', 'required': ['legal_terms', 'pricing'], 'properties': {'legal_terms': {'required': ['eula']}, 'pricing': {'minItems': 1}, 'author': {'required': ['vendor_id']}}, '$schema': 'http://json-schema.org/draft-07/schema#'}, rule='required')
        data_keys = set(data.keys())
        if "legal_terms" in data_keys:
            data_keys.remove("legal_terms")
            data__legalterms = data["legal_terms"]
            data__legalterms_is_dict = isinstance(data__legalterms, dict)
            if data__legalterms_is_dict:
                data__legalterms__missing_keys = set(['eula']) - data__legalterms.keys()
                if data__legalterms__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".legal_terms must contain " + (str(sorted(data__legalterms__missing_keys)) + " properties"), value=data__legalterms, name="" + (name_prefix or "data") + ".legal_terms", definition={'required': ['eula']}, rule='required')
        if "pricing" in data_keys:
            data_keys.remove("pricing")
            data__pricing = data["pricing"]
            data__pricing_is_list = isinstance(data__pricing, (list, tuple))
            if data__pricing_is_list:
                data__pricing_len = len(data__pricing)
                if data__pricing_len < 1:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".pricing must contain at least 1 items", value=data__pricing, name="" + (name_prefix or "data") + ".pricing", definition={'minItems': 1}, rule='minItems')
        if "author" in data_keys:
            data_keys.remove("author")
            data__author = data["author"]
            data__author_is_dict = isinstance(data__author, dict)
            if data__author_is_dict:
                data__author__missing_keys = set(['vendor_id']) - data__author.keys()
                if data__author__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".author must contain " + (str(sorted(data__author__missing_keys)) + " properties"), value=data__author, name="" + (name_prefix or "data") + ".author", definition={'required': ['vendor_id']}, rule='required')
    return data